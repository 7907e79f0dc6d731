"""The work of flips.tlx in NumPy: the same counts (classes, matrix, copied errors, rows), in one pass a number."""

import time

import numpy

n = 10_000_000
random = numpy.random.default_rng(1)
y = random.integers(0, 10, n)
old = numpy.where(random.random(n) < 0.7, y, random.integers(0, 10, n))
new = numpy.where(random.random(n) < 0.8, y, random.integers(0, 10, n))


def flips():
    was, now, same = old == y, new == y, old == new
    negative, positive, wrong = was & ~now, now & ~was, ~was & ~now
    copied = numpy.count_nonzero(wrong & same)
    rows = numpy.flatnonzero(negative), numpy.flatnonzero(positive)
    matrix = numpy.bincount(y[rows[0]] * 10 + new[rows[0]], minlength=100).reshape(10, 10)
    outcome = was + 2 * now.astype(int)
    classes = numpy.bincount(y * 4 + outcome, minlength=40).reshape(10, 4)
    return len(rows[0]) / n, copied, matrix, classes


times = []
for _ in range(5):
    start = time.perf_counter()
    nfr = flips()[0]
    times.append(time.perf_counter() - start)
print(f"seconds {sorted(times)[2]}")
print(f"nfr {nfr}")
