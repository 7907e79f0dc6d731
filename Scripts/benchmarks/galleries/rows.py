"""Galleries: nearest neighbours, cross-tests, the search for query models, linear fine-tuning."""

import pathlib
import tempfile

from harness import PYTHON, in_turn, inner_seconds, line, run

HERE = pathlib.Path(__file__).parent


def both(tlx, name, times, folder=None):
    arguments = [folder] if folder else []
    return in_turn(
        lambda: inner_seconds([tlx, HERE / f"{name}.tlx", *arguments]),
        lambda: inner_seconds([PYTHON, HERE / f"{name}.py", *arguments]), times)


def seconds(rows):
    return [row[0] for row in rows]


def bench_neighbours(tlx):
    with tempfile.TemporaryDirectory() as folder:
        run([PYTHON, HERE / "neighbours_data.py", folder])
        a, b = both(tlx, "neighbours", 3, folder)
        memory = f"peak memory TLX {a[0][2]:.0f} MiB, peer {b[0][2]:.0f} MiB; peer: NumPy, blocks of BLAS products and argpartition"
        line("10 nearest of 100,000 × 128 f32 for 10,000 queries", seconds(a), seconds(b), "≥ 0.9×", memory)


def bench_crosstest(tlx):
    a, b = both(tlx, "crosstest", 3)
    line("old, new and compatible model trained, cross-tested and backfilled, 4 seeds", seconds(a), seconds(b), "≥ 5×",
         "peer: NumPy f32")


def bench_search(tlx):
    a, b = both(tlx, "search", 3)
    line("8 query models, alone and compatible, 2 seeds, with both retrievals", seconds(a), seconds(b), "≥ 5×",
         "peer: NumPy f32")


def bench_linear(tlx):
    a, b = both(tlx, "linear", 3)
    line("linear quadratic fits with leave-one-out, 2 to 50 a class, 3 repeats", seconds(a), seconds(b), "≥ 5×",
         "peer: NumPy with the explicit Jacobian")
