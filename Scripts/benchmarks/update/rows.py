"""Model updates: flips, the retrain table, the frontier of a weight."""

import os
import pathlib

from harness import PYTHON, in_turn, inner_seconds, line

HERE = pathlib.Path(__file__).parent


def bench_flips(tlx):
    a, b = in_turn(
        lambda: inner_seconds([tlx, HERE / "flips.tlx"])[0], lambda: inner_seconds([PYTHON, HERE / "flips.py"])[0], 3)
    line("`flips` of 1e7 predictions, 10 classes", a, b, "≤ 0.1 s", "peer: NumPy")


def bench_retrain(tlx):
    training(tlx, "retrain", "retrain table, 8 methods × 8 seeds, 72 trainings of 64-10-10")


def bench_frontier(tlx):
    training(tlx, "frontier", "frontier of λ, 2 losses × 5 weights × 8 seeds, 88 trainings of 64-64-10")


def training(tlx, name, work):
    # BLAS on one thread is the faster way for the peer at this size.
    env = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    for peer, times, label in (("numpy", 3, "NumPy"), ("torch", 1, "PyTorch CPU, one thread")):
        a, b = in_turn(
            lambda: inner_seconds([tlx, HERE / f"{name}.tlx"])[0],
            lambda: inner_seconds([PYTHON, HERE / "training.py", peer, name], env)[0], times)
        line(work, a, b, "≥ 5×", f"peer: {label}")
