#!/usr/bin/env python3
"""Drives the prompt in a real terminal.   run.py PATH-TO-TLX [WORD…]   runs the tests whose names contain a WORD.

Needs tmux and nothing besides the standard library. Ends with a line `N passed, N failed`."""

import pathlib
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import notebook  # noqa: E402
import prompt  # noqa: E402
import program  # noqa: E402
from screen import Missing, Place  # noqa: E402


def main():
    tlx = str(pathlib.Path(sys.argv[1]).resolve())
    words = sys.argv[2:]
    tests = [
        (f"{module.__name__}.{name[5:]}", value)
        for module in (prompt, program, notebook)
        for name, value in vars(module).items()
        if name.startswith("test_")
    ]
    passed, failed = 0, 0
    for name, test in tests:
        if words and not any(word in name for word in words):
            continue
        place = Place(tlx)
        try:
            test(place)
            passed += 1
            print(f"passed  {name}", flush=True)
        except Exception as error:
            failed += 1
            print(f"FAILED  {name}: {str(error)[:2000]}", flush=True)
            if not isinstance(error, Missing):
                traceback.print_exc(limit=-2)
        finally:
            place.close()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
