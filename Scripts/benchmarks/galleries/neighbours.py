import pathlib
import sys
import time

import numpy

folder = pathlib.Path(sys.argv[1])
queries, gallery = numpy.load(folder / "queries.npy"), numpy.load(folder / "gallery.npy")
k, block = 10, 500
start = time.perf_counter()
found = numpy.empty((len(queries), k), "int64")
for first in range(0, len(queries), block):
    scores = queries[first:first + block] @ gallery.T
    part = numpy.argpartition(scores, -k, axis=1)[:, -k:]
    values = numpy.take_along_axis(scores, part, axis=1)
    found[first:first + block] = numpy.take_along_axis(part, numpy.argsort(-values, axis=1, kind="stable"), axis=1)
print("seconds", time.perf_counter() - start)
print("sum", found.sum())
