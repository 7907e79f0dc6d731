"""Writes a chain as row, column and value arrays: data.py FOLDER KIND SIZE LEAK. Seeded.

dense: random rows. uniform: five random successors a state. clustered: the same within clusters whose sizes follow a power
law up to max(50, n / 200). Each state ends in one of two absorbing states with probability `leak` on average.
"""

import pathlib
import sys

import numpy as np

folder, kind, n, leak = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
rng = np.random.default_rng(7)
if kind == "dense":
    p = rng.random((n, n))
    np.save(folder / "p.npy", p / p.sum(axis=1, keepdims=True))
    sys.exit()
start, size = np.zeros(n, np.int64), np.full(n, n, np.int64)
if kind == "clustered":
    largest, position = max(50, n // 200), 0
    while position < n:
        length = min(n - position, max(2, int(2 / (1 - rng.random() * (1 - 2 / largest)))))
        start[position:position + length], size[position:position + length] = position, length
        position += length
degree = 5
row = np.repeat(np.arange(n), degree)
column = (start[row] + (rng.random(n * degree) * size[row]).astype(np.int64))
weight = rng.random(n * degree) + 0.05
end = leak * 2 * rng.random(n)
weight *= np.repeat((1 - end) / weight.reshape(n, degree).sum(axis=1), degree)
share = rng.random(n)
states = np.arange(n)
i = np.concatenate([row, states, states, [n, n + 1]])
j = np.concatenate([column, np.full(n, n), np.full(n, n + 1), [n, n + 1]])
v = np.concatenate([weight, end * share, end * (1 - share), [1.0, 1.0]])
for name, array in (("i", i), ("j", j), ("v", v)):
    np.save(folder / f"{name}.npy", array)
