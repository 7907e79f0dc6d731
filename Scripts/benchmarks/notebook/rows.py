"""Files as notebooks: a page whose cells are all known, from a save to the browser, plots of a million points, a large table."""

import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from harness import PYTHON, inner_seconds, line, run

HERE = pathlib.Path(__file__).parent


def note(work, seconds, reach, more=""):
    """A row without a peer."""
    print(f"| {work} | {statistics.median(seconds) * 1e3:.4g} ms | – | – | {reach} | {more} |", flush=True)


def cell(number):
    """One of forty cells of a lesson: prose with a formula, code, and a value, a table or a figure."""
    shown = (
        f"let v{number} = linspace(0, {number + 1}, 200)\nplot(v{number}, sin(v{number}), title=\"Wave {number}\")\n",
        f"let t{number} = table([{{step: i, loss: 1 / (i + {number + 1})}} for i in range(40)])\nt{number}\n",
        f"let m{number} = reshape(arange(400), (20, 20)) / 400\nm{number} @ m{number}\n",
        f"fn f{number}(x) = x^2 + {number}\n[f{number}(i) for i in range(10)]\n",
    )[number % 4]
    return (f"# %% Step {number}\n# What step **{number}** is for: $\\theta_{{{number}}} = \\frac{{1}}{{n}}\\sum_i x_i^{number + 1}$.\n"
            f"#\n# - one thing\n# - another, see [the paper](https://example.org)\n{shown}")


def tutorial(folder):
    path = folder / "tutorial.tlx"
    path.write_text("".join(cell(number) for number in range(40)))
    return path


def environment(folder):
    return {**os.environ, "TLX_CACHE": str(folder / "cache")}


def bench_page(tlx):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        path, page = tutorial(folder), folder / "page.html"
        command = [tlx, "render", str(path), "-o", str(page)]
        first, _, _ = run(command, environment(folder))
        taken = [run(command, environment(folder))[0] for _ in range(15)]
        note("page of 40 cells, all known, whole process", taken, "≤ 100 ms",
             f"first {first * 1e3:.0f} ms, page {page.stat().st_size / 1e3:.0f} kB")


class Live:
    """`tlx watch` and a reader of its events."""

    def __init__(self, tlx, path, folder):
        self.process = subprocess.Popen([tlx, "watch", str(path)], stdout=subprocess.PIPE, text=True, env=environment(folder))
        self.link = re.search(r"http://\S+", self.process.stdout.readline()).group()
        host, port = self.link.split("/")[2].split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=60)
        token = self.link.split("/")[3]
        self.socket.sendall(f"GET /{token}/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        self.text = b""

    def until(self, wanted):
        while wanted not in self.text:
            more = self.socket.recv(1 << 20)
            if not more:
                sys.exit("the live page has gone")
            self.text += more
        self.text = b""

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()


def bench_save(tlx):
    """From the rename of the saved file to the event with the new value."""
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        path = tutorial(folder)
        text = path.read_text()
        live = Live(tlx, path, folder)
        live.until(b"Step 39")
        taken = []
        for number in range(15):
            time.sleep(0.4)
            aside = folder / "aside"
            aside.write_text(text + f"# %% New\n\"saved {number} times\"\n")
            start = time.perf_counter()
            os.replace(aside, path)
            live.until(f"saved {number} times".encode())
            taken.append(time.perf_counter() - start)
        live.close()
        note("save to browser, 40 cells, one new", taken, "≤ 200 ms", f"worst {max(taken) * 1e3:.0f} ms")


def bench_million(tlx):
    """A million points to an SVG file. Peer: Matplotlib with its usual settings."""
    for kind in ("line", "scatter"):
        with tempfile.TemporaryDirectory() as place:
            svg = pathlib.Path(place) / "a.svg"
            a = [inner_seconds([tlx, HERE / f"{kind}.tlx", str(svg)])[0] for _ in range(5)]
            size = svg.stat().st_size / 1e3
            peer = [PYTHON, HERE / "million.py", kind, str(pathlib.Path(place) / "b.svg")]
            try:
                import matplotlib  # noqa: F401
            except ImportError:
                note(f"SVG of a million points, {kind}", a, "≤ 300 ms, < 300 kB", f"{size:.0f} kB")
                continue
            b = [inner_seconds(peer)[0] for _ in range(3)]
            line(f"SVG of a million points, {kind}", a, b, "≤ 300 ms, < 300 kB", f"{size:.0f} kB; peer: Matplotlib")


def bench_table(tlx):
    """A live page's table of 1e6 × 20: 25 rows from its middle, and the first 25 in the order of another column."""
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        path = folder / "large.tlx"
        columns = ", ".join(f"c{k}: x[:, {k}]" for k in range(20))
        path.write_text(f"let x = uniform((1000000, 20))\ntable({{{columns}}})\n")
        live = Live(tlx, path, folder)
        live.until(b"data-table")
        name = None
        while name is None:
            # The event may be a moment ahead of the page for who comes anew.
            page = urllib.request.urlopen(live.link).read().decode()
            name = re.search(r'data-table="([^"]+)"', page)
        name = name[1]

        def ask(query):
            start = time.perf_counter()
            rows = urllib.request.urlopen(f"{live.link}rows?table={name}&{query}").read()
            assert rows.count(b"<tr>") == 25
            return time.perf_counter() - start

        pages = [ask(f"start={number}&count=25") for number in range(0, 1_000_000, 50_000)]
        sorts = [ask(f"start=0&count=25&column={column}&rising=true") for column in range(5)]
        live.close()
        note("next 25 rows of a table of 1e6 × 20", pages, "–", f"page {len(page) / 1e3:.0f} kB")
        note("the same table in the order of a column", sorts, "–")
