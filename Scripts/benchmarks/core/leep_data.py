"""Writes theta.npy (1e6 × 1000 f32 rows of a soft-max) and labels.npy (100 classes) into a folder."""

import pathlib
import sys

import numpy

folder = pathlib.Path(sys.argv[1])
rows, sources, block = 1_000_000, 1000, 20_000
generator = numpy.random.default_rng(0)
theta = numpy.lib.format.open_memmap(folder / "theta.npy", mode="w+", dtype="float32", shape=(rows, sources))
for start in range(0, rows, block):
    part = numpy.exp(generator.standard_normal((block, sources), dtype="float32") * 2)
    theta[start : start + block] = part / part.sum(axis=1, keepdims=True)
theta.flush()
numpy.save(folder / "labels.npy", generator.integers(0, 100, rows))
