"""A session of 10,000 statements and a training run of 10,000 steps: the memory of both must not grow.

    Scripts/checks/memory.py TLX

Prints the resident memory at points of the run. Status 1 where it grew by more than a tenth (and 8 MB) after the first tenth.
"""

import os
import subprocess
import sys
import time

STATEMENTS = """let a{i} = normal({n}, 8)
var kept = sum(a{i}^2, axis=0)
kept = kept + grad(w -> sum(tanh(a{i} @ w)))(ones(8))
let f{i} = x -> mean(sort(x)) + {i}
kept = kept * f{i}(kept)
map(range(20), k -> k^2);
solve(eye(4) + {i} * 0.01, ones(4));
kept.shape;
"text {{kept}}";
try a{i}[99999] else 0;
"""

TRAINING = """seed(1)
let x = normal(2000, 64, dtype=f32)
let y = randint(0, 10, shape=2000)
let m = mlp([64, 32, 10])
print("start")
var m2 = fit(m, {x: x, y: y}, epochs={epochs}, batch=64)
print("end")
"""


def resident(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def session(tlx, rounds=1000):
    """Ten statements a round, as cells of one session that get their names again."""
    process = subprocess.Popen([tlx], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    sizes = []
    for i in range(rounds):
        process.stdin.write(STATEMENTS.format(i=i % 7, n=100 + i % 50))
        process.stdin.write(f'print("round" + "{i}")\n')
        process.stdin.flush()
        while True:
            line = process.stdout.readline()
            if not line:
                sys.exit(f"the session ended in round {i}")
            if f"round{i}" in line:
                break
        if i % (rounds // 10) == rounds // 10 - 1:
            sizes.append(resident(process.pid))
    process.stdin.close()
    process.wait()
    return sizes


def training(tlx, epochs=320):
    """32 steps an epoch."""
    process = subprocess.Popen([tlx, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    process.stdin.write(TRAINING.replace("{epochs}", str(epochs)))
    process.stdin.close()
    sizes = []
    while process.poll() is None:
        try:
            sizes.append(resident(process.pid))
        except (OSError, IndexError, ValueError):
            break
        time.sleep(0.1)
    if process.wait() != 0:
        sys.exit("the training failed")
    return sizes[2:-1] or sizes


def report(name, sizes):
    shown = sizes[:: max(1, len(sizes) // 10)]
    first = sizes[max(0, len(sizes) // 10)]
    grew = sizes[-1] > first * 1.1 and sizes[-1] > first + 8
    print(f"{name}: {' '.join(f'{size:.1f}' for size in shown)} MB{'  GREW' if grew else ''}", flush=True)
    return grew


tlx = sys.argv[1]
grew = report("10,000 statements", session(tlx))
grew = report("10,240 training steps", training(tlx)) or grew
sys.exit(1 if grew else 0)
