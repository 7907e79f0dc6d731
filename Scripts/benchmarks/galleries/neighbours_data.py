"""Writes queries.npy and gallery.npy into a folder: unit rows, f32."""

import pathlib
import sys

import numpy

folder = pathlib.Path(sys.argv[1])
generator = numpy.random.default_rng(0)
for name, count in (("queries", 10_000), ("gallery", 100_000)):
    rows = generator.standard_normal((count, 128), dtype="float32")
    numpy.save(folder / f"{name}.npy", rows / numpy.linalg.norm(rows, axis=1, keepdims=True))
