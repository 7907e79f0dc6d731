"""stationary.py FOLDER METHOD: quantecon (GTH, compiled beforehand), lapack (replaces an equation), pydtmc (with constructor)."""

import sys
import time

import numpy as np

folder, method = sys.argv[1:3]
p = np.load(f"{folder}/p.npy")
n = len(p)
if method == "quantecon":
    from quantecon.markov.gth_solve import gth_solve

    gth_solve(p[:3, :3] / p[:3, :3].sum(axis=1, keepdims=True))
    start = time.perf_counter()
    x = gth_solve(p)
elif method == "pydtmc":
    from pydtmc import MarkovChain

    start = time.perf_counter()
    x = MarkovChain(p).pi[0]
else:
    start = time.perf_counter()
    a = p.T - np.eye(n)
    a[-1] = 1
    b = np.zeros(n)
    b[-1] = 1
    x = np.linalg.solve(a, b)
print("residual", np.abs(x @ p - x).max())
print("seconds", time.perf_counter() - start)
