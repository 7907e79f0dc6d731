"""Files as notebooks: cells, the cache, pages, and a lesson in a real terminal."""

import json
import os
import random
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
