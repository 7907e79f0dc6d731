"""Runs the rows of the speed table: TLX and its peer in turn, several times, and prints medians and their ratio.

Each side prints one line `seconds <number>` for the part that is compared (data are made or read before), or is timed
from outside where the whole process counts.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
PYTHON = sys.executable


def run(command, env=None):
    """Wall seconds, the printed text and the peak memory in MiB of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    out, err = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{out}{err}")
    return wall, out, usage.ru_maxrss / 1024


def inner_seconds(command, env=None):
    wall, out, memory = run(command, env)
    match = re.search(r"^seconds (\S+)", out, re.M)
    if not match:
        sys.exit(f"{command} printed no seconds:\n{out}")
    return float(match[1]), wall, memory


def in_turn(first, second, times):
    """Runs both in turn, so that a drift of the machine's speed hits both alike."""
    a, b = [], []
    for _ in range(times):
        a.append(first())
        b.append(second())
    return a, b


def line(work, tlx, peer, reach, note=""):
    """tlx and peer: seconds of each run. The ratio is the median of the pairwise ratios."""
    ratio = statistics.median(p / t for t, p in zip(tlx, peer))
    def text(values):
        median = statistics.median(values)
        return f"{median * 1e3:.4g} ms" if median < 1 else f"{median:.3g} s"
    print(f"| {work} | {text(tlx)} | {text(peer)} | {ratio:.2f}× | {reach} | {note} |", flush=True)


def bench_start(tlx):
    a, b = in_turn(lambda: run([tlx, "-e", "0"])[0], lambda: run([PYTHON, "-c", "0"])[0], 21)
    line("`tlx -e 0`, whole process", a, b, "≥ 4×", "peer: python -c 0")


def bench_train(tlx):
    times = 5
    rows = in_turn(
        lambda: inner_seconds([tlx, HERE / "train.tlx"]), lambda: inner_seconds([PYTHON, HERE / "train.py"]), times)
    (a, b) = rows
    line("train 64-128-10 on digits, 30 epochs, batch 64, Adam", [r[0] for r in a], [r[0] for r in b], "≥ 3×",
         "peer: PyTorch CPU, one thread")
    line("the same, whole script", [r[1] for r in a], [r[1] for r in b], "≥ 10×")


def bench_leep(tlx):
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as folder:
        env = dict(os.environ, TLX_BENCH=folder)
        subprocess.run([PYTHON, HERE / "leep_data.py", folder], check=True)
        a, b = in_turn(
            lambda: inner_seconds([tlx, HERE / "leep.tlx", folder]),
            lambda: inner_seconds([PYTHON, HERE / "leep.py", folder], env), 3)
        size = os.path.getsize(os.path.join(folder, "theta.npy")) / 2**20
        memory = f"memory / input: TLX {a[0][2] / size:.2f}, peer {b[0][2] / size:.2f}"
        line("LEEP, 1e6 × 1000 f32, 100 classes", [r[0] for r in a], [r[0] for r in b], "≥ 8×, ≤ 1.1× memory", memory)


def bench_matmul(tlx):
    a, b = in_turn(
        lambda: inner_seconds([tlx, HERE / "matmul.tlx"])[0], lambda: inner_seconds([PYTHON, HERE / "matmul.py"])[0], 5)
    line("matrix product 1024², f32", a, b, "≥ 0.95×", "peer: NumPy with OpenBLAS")


def bench_fused(tlx):
    a, b = in_turn(
        lambda: inner_seconds([tlx, HERE / "fused.tlx"])[0], lambda: inner_seconds([PYTHON, HERE / "fused.py"])[0], 5)
    line("`sum((a*b + exp(-c))^2)`, 1e7 f32", a, b, "> 1×", "peer: NumPy")


ROWS = {name[6:]: value for name, value in list(globals().items()) if name.startswith("bench_")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tlx", required=True)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"one of {' '.join(ROWS)}")
    options = parser.parse_args()
    unknown = [row for row in options.rows if row not in ROWS]
    if unknown:
        parser.error(f"unknown row {unknown[0]}: choose from {' '.join(ROWS)}")
    print("| work | TLX | peer | peer / TLX | reach | |")
    print("|---|---|---|---|---|---|")
    for row in options.rows or ROWS:
        ROWS[row](options.tlx)


main()
