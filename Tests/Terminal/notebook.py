"""Files as notebooks: cells, the cache, pages, and a lesson in a real terminal."""

import json
import os
import pty
import random
import select
import signal
import subprocess
import time

LESSON = """# %% Sums
# How **sums** work.
let n = 4
sum(range(n))

# %% Yours [exercise]
# What is the sum of the whole numbers up to 100?
#? think of Gauss
#? sum(range(…))
sum(range(101)) #=> 5050

# %% A function [exercise]
fn double(x) = 2 * x
assert double(4) == 8, "double(4) must be 8"

# %% End
n + 1
"""


def write(place, name, text):
    (place.home / name).write_text(text)
    return name


def cached(place):
    return {**os.environ, "TLX_CACHE": str(place.home / "cache")}


def test_lesson(place):
    write(place, "lesson.tlx", LESSON)
    screen = place.open([place.tlx, "present", "lesson.tlx"], rows=60)
    screen.sees("How sums work.")
    screen.sees_last("run>")
    screen.keys("Enter")
    screen.sees_last("next>")
    screen.sees("\n6\n")
    screen.enter("n * 100")
    screen.sees("\n400\n")
    screen.keys("Enter")
    screen.sees("your turn")
    assert "range(101)" not in screen.text(), "the solution shows"
    screen.enter("5000")
    screen.sees("not yet: that is 5000")
    screen.enter(":hint")
    screen.sees("hint: think of Gauss")
    screen.enter("sum(range(1, 101))")
    screen.sees("✓ right")
    screen.sees_last("next>")
    screen.keys("Enter")
    screen.sees("fn double(x) = …")
    screen.enter("fn double(x) = x")
    screen.sees("double(4) must be 8")
    screen.enter("fn double(x) = x + x")
    screen.until(lambda: screen.text().count("✓ right") == 2, "second right answer")
    screen.enter(":back")
    screen.until(lambda: screen.text().count("Yours") == 2, "way back")
    screen.enter(":4")
    screen.sees_last("run>")
    screen.keys("Enter")
    screen.sees("\n5\n")
    screen.enter(":quit")
    assert screen.status() == 0


def test_lesson_on_a_projector(place):
    write(place, "lesson.tlx", LESSON)
    screen = place.open([place.tlx, "present", "--large", "--quiet", "lesson.tlx"], rows=60)
    # SUMS: the top line of its letters.
    screen.sees("▄▀▀▀▀ █   █ █▄ ▄█ ▄▀▀▀▀")
    screen.sees("1/4")
    screen.sees_last("run>")
    assert "Enter goes on" not in screen.text(), "a quiet lesson explains itself"
    screen.enter(":2")
    screen.sees_last("answer>")
    assert "your turn" not in screen.text()
    screen.enter(":quit")
    assert screen.status() == 0


def test_cells(place):
    write(place, "c.tlx", "# %% One\nlet a = 1\n# %% Two [manual]\nlet b = a + 1\n# %% Three\nb * 10\nprint(a)\n")
    listed = place.run("cells", "c.tlx")
    assert listed.returncode == 0 and "Two  [manual]" in listed.stdout and "needs  1 One · 2 Two" in listed.stdout, listed
    lines = [json.loads(line) for line in place.run("cells", "--json", "c.tlx").stdout.splitlines()]
    assert lines[2]["needs"] == [1, 2] and lines[1]["gives"] == ["b"], lines
    done = place.run("run", "c.tlx", "--cell", "Three", env=cached(place))
    assert (done.returncode, done.stdout) == (0, "20\n1\n"), done
    assert place.run("run", "c.tlx", "--cell", "2", env=cached(place)).stdout == ""
    wrong = place.run("run", "c.tlx", "--cell", "Thre", env=cached(place))
    assert wrong.returncode == 0 and wrong.stdout == "20\n1\n", wrong
    wrong = place.run("run", "c.tlx", "--cell", "Treee", env=cached(place))
    assert wrong.returncode == 3 and "did you mean “Three”" in wrong.stderr, wrong


def test_cache_between_runs(place):
    write(place, "c.tlx", "# %% Slow [cache]\nprint(\"working\")\nlet x = sum(range(200000))\nlet r = uniform()\n# %% Shown\nx\n")
    first = place.run("c.tlx", env=cached(place))
    assert (first.returncode, first.stdout) == (0, "working\n19999900000\n"), first
    second = place.run("c.tlx", env=cached(place))
    assert second.stdout == first.stdout and "Slow: cached" in second.stderr, second
    listed = place.run("cache", env=cached(place))
    assert "Slow" in listed.stdout and "1 result" in listed.stdout, listed
    assert "1 result removed" in place.run("cache", "--clear", "c.tlx", env=cached(place)).stdout
    third = place.run("c.tlx", env=cached(place))
    assert third.stdout == first.stdout and "cached" not in third.stderr, third


def test_killed_while_writing(place):
    """Whatever is left behind by kill -9, the next run shows what a fresh one shows, and the page is whole or not there."""
    cells = "".join(
        f"# %% Cell {i}\nlet x{i} = cumsum(ones(({20000 + i},))) * {i + 1}\nsum(x{i})\n" for i in range(12)
    )
    write(place, "k.tlx", cells)
    wanted = place.run("k.tlx").stdout
    chance = random.Random(7)
    for attempt in range(12):
        process = subprocess.Popen(
            [place.tlx, "render", "k.tlx", "-o", "k.html"], cwd=place.home, env=cached(place),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(chance.uniform(0.005, 0.25))
        process.send_signal(signal.SIGKILL)
        process.wait()
        page = place.home / "k.html"
        assert not page.exists() or page.read_text().endswith("</html>\n"), "half a page"
        if attempt % 4 == 3:
            page.unlink(missing_ok=True)
            shown = place.run("render", "k.tlx", "-o", "k.md", env=cached(place))
            assert shown.returncode == 0, shown
            numbers = [line for line in (place.home / "k.md").read_text().splitlines() if line.isdigit()]
            assert numbers == wanted.split(), (attempt, numbers, wanted)
            place.run("cache", "--clear", env=cached(place))


def test_kept_cells_at_the_prompt(place):
    """`:run` takes what another run has kept, unless the session has names from elsewhere."""
    text = ("# %% Data\nlet x = normal(4)\nfn twice(v) { 2 * v }\nfn adder(k) { v -> v + k }\nlet more = adder(3)\n# %% Slow [cache]\nvar total = 0.0\n"
            "for i in range(300000) { total += i % 3 }\nlet y = sum(twice(x)) + total\n# %% Show\nprint(\"y is {y:.6f}\")\n")
    write(place, "k.tlx", text)
    wanted = place.run("run", "k.tlx", env=cached(place)).stdout.strip()
    assert wanted.startswith("y is "), wanted
    screen = place.prompt(rows=40, environment={"TLX_CACHE": cached(place)["TLX_CACHE"]})
    screen.enter(":cells k.tlx")
    screen.enter(":run 3")
    screen.sees(wanted)
    screen.sees("Slow: cached, ")
    screen.enter("(sum(twice(x)) + total == y, total)")
    screen.sees("(true, 300000)")
    screen.enter("more(40)")
    screen.sees("\n43\n")
    screen.enter(":save s.tlx")
    screen.sees("inputs written")
    assert place.run("run", "s.tlx", env=cached(place)).stdout.splitlines()[0] == wanted
    # A name that is the session's own is what the cells see.
    screen.enter("let x = [1.0]")
    screen.enter(":run 2")
    screen.enter(":run 3")
    screen.sees("y is 300002.000000")
    screen.enter(":reset")
    screen.enter(":run 2")
    screen.enter("y")
    screen.sees(wanted.removeprefix("y is ")[:8])


def test_page_formats(place):
    write(place, "p.tlx", "# %% Page\n# A $x^2$.\nlet t = table([{a: 1, b: \"x|y\"}])\nt\nplot([1, 4, 9], title=\"squares\")\n")
    assert place.run("render", "p.tlx", env=cached(place)).returncode == 0
    assert "<math>" in (place.home / "p.html").read_text()
    assert place.run("render", "p.tlx", "--to", "md", env=cached(place)).returncode == 0
    markdown = (place.home / "p.md").read_text()
    assert "| 1 | x\\|y |" in markdown and "![line plot “squares”](p.md.figures/figure-1.svg)" in markdown, markdown
    assert (place.home / "p.md.figures" / "figure-1.svg").read_text().startswith("<svg")
    assert place.run("render", "p.tlx", "--to", "doc").returncode == 2
    missing = place.run("render", "missing.tlx")
    assert missing.returncode == 1 and "E0601" in missing.stderr, missing


def test_difference(place):
    write(place, "a.tlx", "# %% One\nlet x = 1\nx\n# %% Two\nx + 1\n")
    write(place, "b.tlx", "# %% One\nlet x = 2 - 1\nx\n# %% Two\nx + 2\n")
    done = place.run("diff", "--values", "a.tlx", "b.tlx", env=cached(place))
    assert done.returncode == 1 and done.stdout == "Two: shows something else\n  - 2\n  + 3\n", done
    assert place.run("diff", "--values", "a.tlx", "a.tlx", env=cached(place)).returncode == 0
    # What is not shown counts as well: digits, and the middle of what is long.
    write(place, "c.tlx", "# %% One\nlet x = ones((1000,))\nx\n")
    write(place, "d.tlx", "# %% One\nlet x = where(arange(1000) == 500, 1 + 1e-9, 1.0)\nx\n")
    done = place.run("diff", "--values", "c.tlx", "d.tlx", env=cached(place))
    assert done.returncode == 1 and "1 of 1000 elements differ, by up to 1e-09" in done.stdout, done


def on_terminal(place, command, steps=(), **variables):
    """What a program writes to a terminal that knows nothing but what `steps` say: (what to wait for, what to type)."""
    process, terminal = pty.fork()
    if process == 0:
        hidden = ("TMUX", "STY", "NO_COLOR", "COLORTERM", "TERM_PROGRAM", "KITTY_WINDOW_ID")
        clean = {name: value for name, value in os.environ.items() if name not in hidden}
        os.chdir(place.home)
        os.execve(place.tlx, [place.tlx, *command], {**clean, "HOME": str(place.home), **variables})
    written, since, steps = b"", b"", list(steps)
    while True:
        ready, _, _ = select.select([terminal], [], [], 30)
        try:
            more = os.read(terminal, 65536) if ready else b""
        except OSError:
            more = b""
        if not more:
            break
        written, since = written + more, since + more
        while steps and steps[0][0] in since:
            wanted, typed = steps.pop(0)
            since = since.split(wanted, 1)[1]
            os.write(terminal, typed)
    os.close(terminal)
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(process, 0)
    assert not steps, f"{steps[0][0]!r} did not come: {written[-500:]!r}"
    return written


def test_figures_on_terminals(place):
    write(place, "f.tlx", "plot([1, 4, 9, 16], title=\"squares\")\nheatmap([[1, 2], [3, 4]])\n")
    piped = place.run("f.tlx").stdout
    assert "squares" in piped and "\x1b" not in piped, piped
    full = on_terminal(place, ["f.tlx"], TERM="xterm-256color", COLORTERM="truecolor")
    assert b"\x1b[38;2;" in full and b"\x1b[48;2;" in full and "⠤".encode()[:2] in full, full
    some = on_terminal(place, ["f.tlx"], TERM="xterm-256color")
    assert b"\x1b[38;5;" in some and b"38;2;" not in some, some
    for variables in ({"TERM": "dumb"}, {"TERM": "xterm-256color", "NO_COLOR": "1"}):
        plain = on_terminal(place, ["f.tlx"], **variables)
        assert b"squares" in plain and b"\x1b[" not in plain, plain
    kitty = on_terminal(place, ["f.tlx"], TERM="xterm-kitty")
    assert kitty.count(b"\x1b_Ga=T,f=100") == 2 and "│".encode() not in kitty, kitty[:200]
    inline = on_terminal(place, ["f.tlx"], TERM="xterm-256color", TERM_PROGRAM="WezTerm")
    assert inline.count(b"\x1b]1337;File=inline=1") == 2, inline[:200]
    sixel = on_terminal(place, ["f.tlx"], TERM="xterm-256color", TLX_PIXELS="sixel")
    assert sixel.count(b"\x1bP0;1;0q") == 2 and sixel.count(b"\x1b\\") == 2, sixel[:200]
    off = on_terminal(place, ["f.tlx"], TERM="xterm-kitty", TLX_PIXELS="off")
    assert b"\x1b_G" not in off and b"squares" in off, off


def test_terminals_are_asked_at_the_prompt(place):
    """Only at the prompt, only once, and the answer is no input."""
    for answer, shows in ((b"\x1b[?62;4;22c", b"\x1bP0;1;0q"), (b"\x1b[?1;2c", b"\x1b[38;5;")):
        steps = [(b"tlx>", b"plot([1, 4, 9])\r"), (b"\x1b[c", answer), (b"tlx>", b"hist([1, 2, 2])\r"), (shows, b""),
                 (b"tlx>", b"1000 + 234\r"), (b"1234", b":quit\r")]
        written = on_terminal(place, [], steps, TERM="xterm-256color", LANG="C.UTF-8")
        assert written.count(b"\x1b[c") == 1 and written.count(shows) >= 2, written
    write(place, "f.tlx", "plot([1, 4, 9])\n")
    assert b"\x1b[c" not in on_terminal(place, ["f.tlx"], TERM="xterm-256color")


def test_second_watch(place):
    """The first one's page is named, and whatever ends it frees the file."""
    write(place, "w.tlx", "1 + 1\n")
    settings = {"cwd": place.home, "env": cached(place), "stdin": subprocess.DEVNULL, "text": True}

    def watch():
        process = subprocess.Popen([place.tlx, "watch", "w.tlx"], stdout=subprocess.PIPE, **settings)
        return process, process.stdout.readline().split()[-1]

    first, link = watch()
    try:
        second = place.run("watch", "w.tlx", env=cached(place))
        assert second.returncode == 1 and "E0626" in second.stderr and link in second.stderr, second
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    third, other = watch()
    third.send_signal(signal.SIGINT)
    assert third.wait(timeout=20) == 0 and other != link


def test_full_disk(place):
    """Where the cache cannot be written the values are right all the same, and it is said why nothing was kept."""
    write(place, "d.tlx", "# %% Big [cache]\nlet x = cumsum(ones((300000,)))\nx[-1]\n# %% Next [cache]\nx[0] + 1\n")
    for _ in range(2):
        # Files of at most 64 kB.
        done = subprocess.run(
            ["sh", "-c", f"ulimit -f 128; trap '' XFSZ; exec {place.tlx} d.tlx"], cwd=place.home, env=cached(place),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, "300000\n2\n"), done
        assert "Big: not kept, since cannot write to the cache" in done.stderr, done
    left = [path for path in (place.home / "cache").rglob("*.tmp")]
    assert not left, left
    page = subprocess.run(
        ["sh", "-c", f"ulimit -f 4; trap '' XFSZ; exec {place.tlx} render d.tlx -o d.html"], cwd=place.home,
        env=cached(place), stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip
    assert page.returncode == 1 and "E0602" in page.stderr and not (place.home / "d.html").exists(), page


def test_much_output(place):
    """A hundred megabytes of text leave a small page with a word on it."""
    write(place, "m.tlx", "let s = \"0123456789\" * 1000\nfor i in range(10000) { print(s) }\n\"end\"\n")
    assert place.run("render", "m.tlx", env=cached(place)).returncode == 0
    page = (place.home / "m.html").read_text()
    assert len(page) < 3_000_000 and "was left out" in page and "end" in page, len(page)


def test_caches_of_other_versions(place):
    """What another program wrote, or what is damaged, counts as not there."""
    write(place, "v.tlx", "# %% One [cache]\nprint(\"ran\")\nlet x = 41\n# %% Two\nx + 1\n")
    assert place.run("v.tlx", env=cached(place)).stdout == "ran\n42\n"
    files = [path for path in (place.home / "cache").rglob("*") if path.is_file()]
    assert len(files) >= 2, files
    chance = random.Random(5)
    for _ in range(20):
        path = chance.choice(files)
        whole = path.read_bytes()
        damaged = bytearray(whole)
        kind = chance.randrange(4)
        if kind == 0:
            damaged = damaged[: chance.randrange(len(damaged))]
        elif kind == 1:
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        elif kind == 2:
            damaged[: len(b"TLX cell 1\n")] = b"TLX cell 0\n"
        else:
            damaged += b"more"
        path.write_bytes(bytes(damaged))
        # The second run has to find nothing wrong any more.
        for _ in range(2):
            done = place.run("v.tlx", env=cached(place))
            assert (done.returncode, done.stdout) == (0, "ran\n42\n"), (path, kind, done)
        assert path.read_bytes() == whole or path.suffix == ".cell", path


def test_records_are_compared(place):
    """Two records of runs, or a record and a file."""
    write(place, "a.tlx", "# %% One\n1 + 1\n# %% Two\nuniform()\n")
    for seed in (1, 2):
        assert place.run("run", "a.tlx", "--seed", str(seed), "--manifest", f"{seed}.json").returncode == 0
    done = place.run("diff", "--values", "1.json", "2.json", env=cached(place))
    assert done.returncode == 1 and done.stdout.startswith("seed: 1 and 2\nTwo: shows something else\n"), done
    assert "One" not in done.stdout
    done = place.run("diff", "--values", "--seed", "1", "1.json", "a.tlx", env=cached(place))
    assert (done.returncode, done.stdout) == (0, "1.json and a.tlx show the same\n"), done
    refused = place.run("run", "a.tlx", "--cell", "One", "--manifest", "3.json")
    assert refused.returncode == 2 and "--manifest records a whole run" in refused.stderr, refused


def test_saved_sessions_give_the_same(place):
    screen = place.open([place.tlx, "--seed", "5"], rows=50)
    screen.sees_last("tlx>")
    inputs = ("let x = uniform((3,))", "fn twice(v) = 2 * v", "twice(x)", "nonsense + 1", "|> sum", "let x = x + normal((3,))",
              "x * 2", "ans[0] + uniform()", "var y = 1", "y += 1; y", "let x = 7", "x", "seed(9)", "normal()")
    for typed in inputs:
        screen.enter(typed)
        screen.sees_last("tlx>")
    shown = screen.text()
    screen.enter(":save s.tlx")
    screen.sees("s.tlx")
    screen.enter(":quit")
    done = place.run("run", "s.tlx")
    assert place.run("check", "s.tlx").returncode == 0
    values = [line for line in done.stdout.splitlines() if line]
    assert done.returncode == 0 and len(values) == 7 and all(value in shown for value in values), (done, shown, (place.home / "s.tlx").read_text())
    assert "nonsense" not in (place.home / "s.tlx").read_text()
