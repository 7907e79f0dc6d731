"""The machine: loops and calls of the language, beside CPython and Lua.

Each side's time is the processor's, of the whole process less an empty program: Lua knows no other, and on a machine that does
other work as well wall seconds would say how busy it is."""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys

from harness import PYTHON, line

HERE = pathlib.Path(__file__).parent
TIMES = 9
WORK = {
    "fib": "fib(30), calls",
    "floats": "1e7 steps of a float loop",
    "nested": "4e6 turns of nested integer loops",
    "sieve": "sieve of 1e6 in a list",
    "vector": "recurrence of 1e6 in a vector",
    "strings": "3e5 pieces added to a string",
    "records": "3e6 updates of a record's fields",
    "closures": "1e6 closures made, 2e6 called",
}


def processor_seconds(command):
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))} failed")
    return usage.ru_utime + usage.ru_stime


def bench_language(tlx):
    sides = {"tlx": ([tlx], ".tlx", ["-e", "nil"]), "python": ([PYTHON], ".py", ["-c", "pass"])}
    lua = shutil.which("lua5.4")
    if lua:
        sides["lua"] = ([lua], ".lua", ["-e", ""])
    empty = {
        side: statistics.median(processor_seconds(program + nothing) for _ in range(TIMES))
        for side, (program, _, nothing) in sides.items()
    }
    for name, work in WORK.items():
        times = {side: [] for side in sides}
        for _ in range(TIMES):
            for side, (program, ending, _) in sides.items():
                times[side].append(processor_seconds(program + [HERE / f"{name}{ending}"]) - empty[side])
        line(work, times["tlx"], times["python"], "≥ 4×", "CPython")
        if lua:
            line("the same", times["tlx"], times["lua"], "≥ 0.8×", "Lua 5.4")
