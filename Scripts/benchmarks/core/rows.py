"""The core: starting, training, products, fused loops, LEEP, and the table of operations beside it."""

import functools
import os
import pathlib
import statistics
import subprocess
import tempfile

from core import operations
from harness import PYTHON, in_turn, inner_seconds, line, run

HERE = pathlib.Path(__file__).parent


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


def measure_operation(name, tlx):
    """One line a peer; the last says how TLX does beside the best of them."""
    with tempfile.NamedTemporaryFile("w", suffix=".tlx") as file:
        file.write(operations.program(name, 7))
        file.flush()
        work = operations.ROWS[name]["work"]
        best = None
        for peer in operations.peers(name):
            a, b = in_turn(
                lambda: inner_seconds([tlx, file.name])[0],
                lambda: inner_seconds([PYTHON, HERE / "operations.py", peer, name])[0], 3)
            line(work, a, b, operations.ROWS[name].get("reach", "≥ 0.9×"), f"peer: {peer}")
            ratio = statistics.median(p / t for t, p in zip(a, b))
            best = min(ratio, best or ratio)
        print(f"| {work} | | | **{best:.2f}×** | | beside the best peer |", flush=True)


def bench_bandwidth(tlx):
    """What the memory gives: a copy of 1e7 f32 by NumPy, which is measured as bytes read and written a second."""
    seconds = inner_seconds([PYTHON, HERE / "operations.py", "numpy", "copy"])[0]
    print(f"| copy of 1e7 f32 | | {seconds * 1e3:.4g} ms | | | {8e7 / seconds / 1e9:.1f} GB/s read and written |", flush=True)


for _name in operations.ROWS:
    if "tlx" in operations.ROWS[_name] or "loop" in operations.ROWS[_name]:
        globals()[f"bench_{_name}"] = functools.partial(measure_operation, _name)
