import sys
import time

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
import numpy as np

random = np.random.default_rng(1)
kind, path = sys.argv[1:]
x = np.arange(1_000_000) if kind == "line" else random.normal(size=1_000_000)
y = np.cumsum(random.normal(size=1_000_000)) if kind == "line" else random.normal(size=1_000_000)
start = time.perf_counter()
figure, axes = plt.subplots()
axes.plot(x, y) if kind == "line" else axes.scatter(x, y, s=1)
figure.savefig(path)
print(f"seconds {time.perf_counter() - start}")
