"""Markov chains: stationary distributions and absorption."""

import os
import pathlib
import subprocess
import sys
import tempfile

from harness import PYTHON, in_turn, inner_seconds, line

HERE = pathlib.Path(__file__).parent


def folder_with(*arguments):
    folder = tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp"))
    subprocess.run([PYTHON, HERE / "data.py", folder.name, *map(str, arguments)], check=True)
    return folder


def bench_stationary(tlx):
    with folder_with("dense", 2000, 0) as folder:
        for peer, reach, times in (("quantecon", "> 2×", 5), ("lapack", "loses accuracy", 5), ("pydtmc", "> 20×", 1)):
            if peer != "lapack" and subprocess.run([PYTHON, "-c", f"import {peer}"], capture_output=True).returncode:
                print(f"left out: {peer} cannot be imported in {PYTHON}", file=sys.stderr)
                continue
            a, b = in_turn(
                lambda: inner_seconds([tlx, HERE / "stationary.tlx", folder])[0],
                lambda: inner_seconds([PYTHON, HERE / "stationary.py", folder, peer])[0], times)
            line("stationary, dense, n = 2000", a, b, reach, f"≤ 0.8 s; peer: {peer}")


def absorption(tlx, kind, n, leak, reach, times, peers=("bicgstab",)):
    with folder_with(kind, n, leak) as folder:
        for peer in peers:
            a, b = in_turn(
                lambda: inner_seconds([tlx, HERE / "absorb.tlx", folder]),
                lambda: inner_seconds([PYTHON, HERE / "absorb.py", folder, peer]), times)
            note = f"peak MiB: TLX {a[0][2]:.0f}, {peer} {b[0][2]:.0f}"
            line(f"absorption, {kind}, n = {n:.0e}, leak {leak}", [r[0] for r in a], [r[0] for r in b], reach, note)


def bench_absorb_1e5(tlx):
    absorption(tlx, "clustered", 100_000, 0.5, "≤ 0.1 s", 5, ("bicgstab", "splu"))


def bench_absorb_1e6(tlx):
    absorption(tlx, "clustered", 1_000_000, 0.5, "≤ 1 s, < 400 MB", 3)


def bench_absorb_1e6_hard(tlx):
    absorption(tlx, "clustered", 1_000_000, 0.01, "≤ 5 s", 1)


def bench_absorb_uniform(tlx):
    absorption(tlx, "uniform", 100_000, 0.5, "≤ 0.1 s", 5)
