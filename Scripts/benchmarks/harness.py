"""What the rows of the speed tables are made of: runs of whole processes, in turn, and the ratio of their times.

Each side prints one line `seconds <number>` for the part that is compared (data are made or read before), or is timed
from outside where the whole process counts.
"""

import os
import re
import statistics
import subprocess
import sys
import time

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
