#!/usr/bin/env python3
"""Drives the prompt in a real terminal.   run.py PATH-TO-TLX [WORD…]   runs the tests whose names contain a WORD.

Needs tmux and nothing besides the standard library. Tests run TLX_JOBS at a time (2 without it). Ends with a line
`N passed, N failed`, and how many were skipped where there are any."""

import concurrent.futures
import os
import pathlib
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import features  # noqa: E402
import keys  # noqa: E402
import lsp  # noqa: E402
import notebook  # noqa: E402
import prompt  # noqa: E402
import program  # noqa: E402
import tools  # noqa: E402
from screen import Missing, Place, Skipped  # noqa: E402


def attempt(tlx, name, test):
    """Runs one test, prints and gives how it ended."""
    place = Place(tlx)
    try:
        test(place)
        print(f"passed  {name}", flush=True)
        return "passed"
    except Skipped as reason:
        print(f"skipped {name}: {reason}", flush=True)
        return "skipped"
    except Exception as error:
        trace = "" if isinstance(error, Missing) else traceback.format_exc(limit=-2)
        print(f"FAILED  {name}: {str(error)[:2000]}\n{trace}", flush=True)
        return "failed"
    finally:
        place.close()


def main():
    tlx = str(pathlib.Path(sys.argv[1]).resolve())
    words = sys.argv[2:]
    tests = [
        (f"{module.__name__}.{name[5:]}", value)
        for module in (prompt, features, keys, program, tools, lsp, notebook)
        for name, value in vars(module).items()
        if name.startswith("test_")
    ]
    chosen = [(name, test) for name, test in tests if not words or any(word in name for word in words)]
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("TLX_JOBS", 2))) as pool:
        ends = list(pool.map(lambda item: attempt(tlx, *item), chosen))
    skipped = f", {ends.count('skipped')} skipped" if "skipped" in ends else ""
    print(f"{ends.count('passed')} passed, {ends.count('failed')} failed{skipped}")
    return 1 if "failed" in ends or "passed" not in ends else 0


if __name__ == "__main__":
    sys.exit(main())
