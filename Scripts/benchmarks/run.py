"""Runs rows of the speed tables: TLX and its peer in turn, several times, and prints medians and their ratio.

A topic is a folder beside this file with a `rows.py`, in which each function `bench_NAME(tlx)` prints the lines of one row.
"""

import argparse
import importlib
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))


def topics():
    """The functions by name, topic by topic."""
    found = {}
    for rows in sorted(HERE.glob("*/rows.py")):
        module = importlib.import_module(f"{rows.parent.name}.rows")
        found[rows.parent.name] = {name[6:]: value for name, value in vars(module).items() if name.startswith("bench_")}
    return found


def main():
    found = topics()
    rows = {name: value for topic in found.values() for name, value in topic.items()}
    parser = argparse.ArgumentParser()
    parser.add_argument("--tlx", required=True)
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help=f"a row ({' '.join(rows)}) or a topic ({' '.join(found)}); all without")
    options = parser.parse_args()
    chosen = []
    for name in options.names or found:
        if name not in found and name not in rows:
            parser.error(f"unknown row {name}: choose from {' '.join([*found, *rows])}")
        chosen += found[name] if name in found else [name]
    print("| work | TLX | peer | peer / TLX | reach | |")
    print("|---|---|---|---|---|---|")
    for name in chosen:
        rows[name](options.tlx)


main()
