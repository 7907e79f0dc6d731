"""The machine: loops and calls of the language, beside CPython and Lua."""

import pathlib
import shutil

from harness import PYTHON, inner_seconds, line

HERE = pathlib.Path(__file__).parent
TIMES = 5
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


def bench_language(tlx):
    lua = shutil.which("lua5.4")
    for name, work in WORK.items():
        times = {"tlx": [], "python": [], "lua": []}
        for _ in range(TIMES):
            times["tlx"].append(inner_seconds([tlx, HERE / f"{name}.tlx"])[0])
            times["python"].append(inner_seconds([PYTHON, HERE / f"{name}.py"])[0])
            if lua:
                times["lua"].append(inner_seconds([lua, HERE / f"{name}.lua"])[0])
        line(work, times["tlx"], times["python"], "≥ 4×", "CPython")
        if lua:
            line("the same", times["tlx"], times["lua"], "≥ 0.8×", "Lua 5.4")
