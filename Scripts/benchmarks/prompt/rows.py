"""The prompt and the tools: time to the prompt, keys, completion; parsing, checking and formatting a long program."""

import os
import pathlib
import pty
import re
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from harness import PYTHON, in_turn, line, run

SETTINGS = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", "/usr/bin:/bin")}


class Terminal:
    """A program on a pseudo-terminal, read as it writes."""

    def __init__(self, command, home, rows=300):
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.execvpe(command[0], command, {**SETTINGS, "HOME": home, "COLUMNS": "120"})
        import fcntl
        import struct
        import termios
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 120, 0, 0))
        self.text = b""

    def until(self, pattern, seconds=30):
        """Waits until what was written since the last call matches; the seconds that took."""
        start = time.perf_counter()
        while not re.search(pattern, self.text):
            if not select.select([self.descriptor], [], [], seconds)[0]:
                sys.exit(f"no {pattern!r} in {self.text[-500:]!r}")
            self.text += os.read(self.descriptor, 65536)
        self.text = b""
        return time.perf_counter() - start

    def send(self, data):
        os.write(self.descriptor, data)

    def quiet(self, seconds=0.05):
        while select.select([self.descriptor], [], [], seconds)[0]:
            os.read(self.descriptor, 65536)
        self.text = b""

    def close(self):
        os.close(self.descriptor)
        try:
            os.kill(self.process, 9)
        except ProcessLookupError:
            pass
        os.waitpid(self.process, 0)


def to_prompt(command, pattern):
    with tempfile.TemporaryDirectory() as home:
        start = time.perf_counter()
        terminal = Terminal(command, home)
        terminal.until(pattern)
        taken = time.perf_counter() - start
        terminal.close()
    return taken


def bench_prompt_ready(tlx):
    peers = [("lua5.4", rb"> "), ("python3", rb">>> "), ("octave-cli", rb"octave:1> ")]
    for command, pattern in peers:
        program = PYTHON if command == "python3" else command
        if not shutil.which(program):
            continue
        a, b = in_turn(lambda: to_prompt([tlx], rb"tlx>"), lambda: to_prompt([program], pattern), 11)
        line("start to the first prompt", a, b, "≤ 15 ms", f"peer: {command}")


def echoes(tlx, lines):
    """Seconds from key to echo, with colours and hint, at the end of an input of so many lines: until the painting that
    follows the editor's own echo has shown the cursor again."""
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal([tlx], home, rows=lines + 20)
        terminal.until(rb"tlx>")
        body = "\n".join(f"    let value{number} = sqrt(mean([1, 2, {number}]^2)) # a line" for number in range(lines))
        terminal.send(b"\x1b[200~fn long(x) {\n" + body.encode() + b"\n    \x1b[201~")
        terminal.quiet(0.5)
        taken = []
        for key in ("mean(values, axis=0) + " * 10):
            terminal.send(key.encode())
            taken.append(terminal.until(rb"\x1b\[\?25h"))
            terminal.quiet(0.01)
        terminal.close()
    return taken


def bench_keystroke(tlx):
    for lines in (1, 200):
        taken = echoes(tlx, lines)
        worst = max(taken) * 1e3
        print(f"| key to echo, {lines}-line input | {statistics.median(taken) * 1e3:.3f} ms | – | – |"
              f" median ≤ 1 ms, worst ≤ 10 ms | worst {worst:.2f} ms |", flush=True)


def bench_completion(tlx):
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal([tlx], home)
        terminal.until(rb"tlx>")
        names = "; ".join(f"let name{number} = {number}" for number in range(1000))
        terminal.send(b"\x1b[200~" + names.encode() + b"\x1b[201~")
        terminal.quiet(0.3)
        terminal.send(b"\r")
        terminal.until(rb"tlx>")
        taken = []
        for _ in range(20):
            terminal.send(b"name99")
            terminal.quiet(0.05)
            start = time.perf_counter()
            # Ten names go on: the list of them is printed.
            terminal.send(b"\t")
            taken.append(terminal.until(rb"name999"))
            terminal.send(b"\x03")
            terminal.quiet(0.05)
        terminal.close()
    print(f"| completion among 1,000 names | {statistics.median(taken) * 1e3:.3f} ms | – | – | ≤ 5 ms |"
          f" worst {max(taken) * 1e3:.2f} ms |", flush=True)


PIECE = """# %% Part {n}
# What this part is for.
fn scale{n}(x, factor=2) {{
    let centred = x - mean(x)
    if factor > 1 {{ centred * factor }} else {{ centred / (1 + abs(factor)) }}
}}
let values{n} = [1.5, 2, {n}, 4]
let table{n} = {{name: "part {n}", rows: [k^2 for k in range(10) if k % 2 == 0]}}
scale{n}(values{n}, factor=3) |> sum
"{{table{n}.name}} has {{len(table{n}.rows)}} rows"   # an expression
"""

PEER = """# Part {n}
# What this part is for.
def scale{n}(x, factor=2):
    centred = x - mean(x)
    if factor > 1:
        return centred * factor
    return centred / (1 + abs(factor))
values{n} = [1.5, 2, {n}, 4]
table{n} = {{"name": "part {n}", "rows": [k**2 for k in range(10) if k % 2 == 0]}}
f"{{table{n}['name']}} has {{len(table{n}['rows'])}} rows"
"""


def bench_tools(tlx):
    """100,000 lines: 10,000 parts of ten lines. What a session may hold bounds the names of one file, so ten files."""
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        for file in range(10):
            numbers = range(file * 1000, file * 1000 + 1000)
            (folder / f"long{file}.tlx").write_text("".join(PIECE.format(n=n) for n in numbers))
            (folder / f"long{file}.py").write_text("".join(PEER.format(n=n) for n in numbers))
        names = [str(folder / f"long{file}") for file in range(10)]
        programs = [name + ".tlx" for name in names]
        peers = [name + ".py" for name in names]
        compiled = [PYTHON, "-m", "py_compile", *peers]
        a, b = in_turn(lambda: run([tlx, "check", *programs])[0], lambda: run(compiled)[0], 5)
        line("check 100,000 lines, whole process", a, b, "≤ 1 s", "peer: python -m py_compile")
        run([tlx, "fmt", *programs])
        ruff = pathlib.Path(PYTHON).parent / "ruff"
        formatted = [str(ruff), "format", "--no-cache", *peers] if ruff.exists() else compiled
        a, b = in_turn(lambda: run([tlx, "fmt", "--check", *programs])[0], lambda: run(formatted)[0], 5)
        note = "peer: ruff format" if ruff.exists() else "peer: python -m py_compile"
        line("format 100,000 lines, whole process", a, b, "≤ 1 s", note)
