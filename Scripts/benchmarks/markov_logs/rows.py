"""Logs: JSON lines to a chain to rules."""

import csv
import os
import pathlib
import subprocess
import sys
import tempfile

from harness import PYTHON, in_turn, inner_seconds, line

HERE = pathlib.Path(__file__).parent
TURNS = int(os.environ.get("TLX_BENCH_TURNS", 10_000_000))


def rules(path):
    with open(path, newline="") as file:
        return {row["from"]: (row["to"], float(row["share"])) for row in csv.DictReader(file)}


def check(folder):
    """Both sides found the same: a rule of TLX may have gone on to where the target's own rule leads."""
    ours, theirs = rules(f"{folder}/tlx.csv"), rules(f"{folder}/peer.csv")
    for text, (to, share) in ours.items():
        if text not in theirs:
            sys.exit(f"only TLX rewrites {text}")
        if theirs[text][0] == to and abs(theirs[text][1] - share) > 1e-9:
            sys.exit(f"{text}: share {share}, peer {theirs[text][1]}")
    same = sum(theirs[text][0] == to for text, (to, _) in ours.items())
    return f"{same} rules alike, {len(ours) - same} led on, {len(theirs) - len(ours)} on cycles dropped"


def bench_rewrites(tlx):
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as folder:
        subprocess.run([PYTHON, HERE / "data.py", folder, str(TURNS)], check=True)
        a, b = in_turn(
            lambda: inner_seconds([tlx, HERE / "rewrites.tlx", folder]),
            lambda: inner_seconds([PYTHON, HERE / "rewrites.py", folder]), 1)
        note = f"peak MiB: TLX {a[0][2]:.0f}, peer {b[0][2]:.0f}; {check(folder)}"
        line(f"log of {TURNS:,} turns, JSON lines → chain → rules", [r[0] for r in a], [r[0] for r in b], "≥ 5×", note)
