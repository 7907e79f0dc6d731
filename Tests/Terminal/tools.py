"""The program's tools without a terminal: check, test, records, limits, the sandbox, completion in shells."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

from program import expect, write
from screen import Skipped

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def test_check(place):
    bad = write(place, "bad.tlx", "let a = [1, 2]\na + [1, 2, 3]\n")
    odd = write(place, "odd.tlx", "fn f(x) {\n    let y = 1\n    return x\n    print(x)\n}\nf(1)\n")
    expect(place.run("check", bad), 3, "", "E0401")
    done = place.run("check", odd)
    expect(done, 0, "", "warning[E0305]")
    assert "warning[E0306]" in done.stderr, done.stderr
    done = place.run("check", "--json", bad, odd)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(item["code"], item["line"]) for item in found] == [("E0401", 2), ("E0305", 2), ("E0306", 4)], found
    assert done.returncode == 3 and done.stderr == ""
    expect(place.run("check", "-", stdin="1 + 1\n"), 0, "", "")
    expect(place.run("check", "-", stdin="let x = \n"), 3, "", "E02")


def test_tests_of_several_files(place):
    folder = place.home / "several"
    folder.mkdir()
    for number in range(12):
        shown = number * 2 if number % 5 else 99
        (folder / f"f{number:02}.tlx").write_text(f"# %% Twice {number}\n{number} * 2 #=> {shown}\n")
    done = place.run("test", "several")
    expect(done, 4, "9 passed, 3 failed\n")
    # In the order of the files, whichever ends first.
    places = [done.stderr.index(f"f{number:02}.tlx") for number in (0, 5, 10)]
    assert places == sorted(places), done.stderr
    assert place.run("test", "--jobs", "1", "several").stderr == done.stderr
    expect(place.run("test", "--filter", "f03", "several"), 0, "1 passed, 0 failed\n")
    expect(place.run("test", "--filter", "Twice 7", "several"), 0, "1 passed, 0 failed\n")
    expect(place.run("test", "--update", "several"), 0)
    expect(place.run("test", "several"), 0, "12 passed, 0 failed\n")


def test_record_and_replay(place):
    (place.home / "d.csv").write_text("a,b\n1,2\n")
    write(place, "lib.tlx", "fn twice(x) = x * 2\n")
    text = "# %% Draw\nuse \"lib.tlx\"\nlet u = uniform(3)\nu\n# %% Read\ncsv(\"d.csv\")\ntwice(args[0])\n"
    write(place, "study.tlx", text)
    first = place.run("run", "--manifest", "run.json", "study.tlx", "ab")
    expect(first, 0)
    record = json.loads((place.home / "run.json").read_text())
    assert [file["role"] for file in record["files"]] == ["script", "import", "data"], record
    assert record["arguments"] == ["ab"] and record["seed"] > 0 and record["threads"] >= 1 and record["processor"]
    assert [cell["title"] for cell in record["cells"]] == ["Draw", "Read"]
    assert "".join(cell["shown"] for cell in record["cells"]) == first.stdout
    assert all(len(file["sha256"]) == 64 for file in record["files"])
    expect(place.run("replay", "run.json"), 0)
    # The folder can move as a whole.
    other = place.home / "moved"
    other.mkdir()
    for name in ("d.csv", "lib.tlx", "study.tlx", "run.json"):
        shutil.copy(place.home / name, other / name)
    assert "2 same, 0 near, 0 different" in place.run("replay", "moved/run.json").stdout
    (other / "d.csv").write_text("a,b\n1,3\n")
    done = place.run("replay", "moved/run.json")
    expect(done, 4, None, "E0624")
    assert "changed " in done.stdout and "differs  Read" in done.stdout, done.stdout
    # Digits that only another processor could change are near, others are not.
    shown = record["cells"][0]["shown"]
    number = shown.strip("[]\n").split(", ")[0]
    record["cells"][0]["shown"] = shown.replace(number, str(float(number) * (1 + 1e-7)))
    record["cells"][0]["sha256"] = ""
    (place.home / "run.json").write_text(json.dumps(record))
    assert "1 same, 1 near, 0 different" in place.run("replay", "run.json").stdout
    write(place, "no.json", "[]")
    expect(place.run("replay", "no.json"), 1, "", "E0625")


def test_sandbox(place):
    inside = place.home / "inside"
    inside.mkdir()
    (place.home / "secret.txt").write_text("secret")
    (inside / "data.txt").write_text("data")
    (inside / "link.txt").symlink_to(place.home / "secret.txt")
    write(place, "lib.tlx", "fn twice(x) = x * 2\n")
    cases = [
        ('read("data.txt")', 0, "data"),
        ('read("../secret.txt")', 1, "E0623"),
        ('read("link.txt")', 1, "E0623"),
        (f'read("{place.home}/nothing.txt")', 1, "E0623"),
        ('save([1], "out.npy")', 1, "E0623"),
        ('len(glob("../*.txt"))', 0, "0"),
        ('len(dataset("digits"))', 0, "1797"),
        ('use "../lib.tlx"', 3, "E0623"),
    ]
    for code, status, seen in cases:
        (inside / "f.tlx").write_text(code + "\n")
        done = place.run("run", "--sandbox", "inside/f.tlx")
        assert done.returncode in (status, 1) and (done.returncode == 0) == (status == 0), (code, done)
        assert seen in done.stdout + done.stderr, (code, done)
    assert not (inside / "out.npy").exists()
    (inside / "f.tlx").write_text('read("../secret.txt")\n')
    expect(place.run("run", "--sandbox", "--allow", str(place.home), "inside/f.tlx"), 0, '"secret"\n')
    done = place.run("--sandbox", stdin="!echo hello\n:save x.tlx\n")
    assert "hello" not in done.stdout and done.stderr.count("E0623") == 2, done


def test_time_limit(place):
    done = place.run("--timeout", "0.2", "-e", 'print("on"); while true {}')
    expect(done, 130, "on\n", "E0701")
    # `try` is no way around it.
    done = place.run("--timeout", "0.2", "-e", "while true { try { while true {} } else nil }")
    expect(done, 130, "", "time limit")
    expect(place.run("--timeout", "0", "-e", "1"), 2, "")


def test_settings_that_cannot_be_read(place):
    write(place, "f.tlx", "1 + 1\n")
    for name, value in [("TLX_MEMORY", "lots"), ("TLX_MEMORY", "-1"), ("TLX_THREADS", "0"), ("TLX_THREADS", "two")]:
        wrong = {**os.environ, name: value}
        for arguments in [("-e", "1"), ("f.tlx",), ("check", "f.tlx"), ("render", "f.tlx"), ("test", "f.tlx"), ("-",)]:
            expect(place.run(*arguments, env=wrong), 2, "", f"{name}={value}")
    expect(place.run("-e", "1", env={**os.environ, "TLX_MEMORY": "", "TLX_THREADS": ""}), 0, "1\n")


def test_memory_limit(place):
    limited = {**os.environ, "TLX_MEMORY": "150M"}
    cases = [
        "zeros(100000, 1000)",
        "var s = (1,); while true { s = s + s }",
        'var s = "x"; while true { s = s + s }',
        'var s = (1,); while true { s = s + ("x" * 1000000,) }',
        'var s = (1,); while true { try { s = s + ("x" * 1000000,) } else nil }',
    ]
    for code in cases:
        expect(place.run("-e", code, env=limited), 1, "", "E0702")


def test_memory_limit_of_tools(place):
    """A file that takes too much fails alone; so does what is replayed."""
    limited = {**os.environ, "TLX_MEMORY": "150M"}
    folder = place.home / "several"
    folder.mkdir()
    (folder / "a.tlx").write_text('var s = (1,)\nwhile true { s = s + ("x" * 1000000,) }\n')
    (folder / "b.tlx").write_text("1 + 1 #=> 2\n")
    done = place.run("test", "--jobs", "1", "several", env=limited)
    expect(done, 4, "1 passed, 1 failed\n", "E0702")
    write(place, "f.tlx", "if len(args) > 0 { 1 }\n")
    expect(place.run("run", "--manifest", "run.json", "f.tlx", "x"), 0)
    write(place, "f.tlx", 'var s = (1,)\nwhile true { s = s + ("x" * 1000000,) }\n')
    done = place.run("replay", "run.json", env=limited)
    assert done.returncode == 4 and "E0702" in done.stderr, done


def test_depth(place):
    expect(place.run("-e", "fn f(n) = 1 + f(n + 1)\nf(0)"), 1, "", "E0703")
    expect(place.run("-e", "(" * 100000), 3, "", "E02")


def test_asked_to_end(place):
    """SIGTERM ends a computation in order, and leaves no half of a file."""
    write(place, "f.tlx", 'print("on")\nvar n = 0\nwhile true { n += 1; if n % 50 == 0 { save(range(n), "out.json") } }\n')
    for number, status in ((signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        process = subprocess.Popen(
            [place.tlx, "f.tlx"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=place.home
        )
        assert process.stdout.readline() == "on\n"
        while not (place.home / "out.json").exists():
            time.sleep(0.005)
        process.send_signal(number)
        process.communicate(timeout=120)
        assert process.returncode == status, process.returncode
        json.loads((place.home / "out.json").read_text())
        assert not [file for file in os.listdir(place.home) if ".tmp" in file], os.listdir(place.home)
        (place.home / "out.json").unlink()


def test_two_interrupts(place):
    process = subprocess.Popen(
        [place.tlx, "-e", 'print("on"); while true {}'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "on\n"
    for _ in range(2):
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130, process.returncode


def test_help_searches(place):
    assert "leep" in place.run("help", "transferability").stdout
    assert "solve" in place.run("help", "linear").stdout or "linear" in place.run("help", "linear").stdout
    expect(place.run("help", "xqzwvy"), 2, "", "E0323")


def test_explains_other_languages(place):
    for name in ("from-python", "from-julia", "from-matlab"):
        done = place.run("explain", name)
        expect(done, 0)
        assert "#=> " in done.stdout and "A.T" in done.stdout
    assert name in place.run("explain").stdout
    expect(place.run("explain", "from-pyton"), 2, "", "did you mean from-python?")


def test_completes_in_bash(place):
    script = place.run("completion", "bash")
    expect(script, 0)
    (place.home / "tlx.bash").write_text(script.stdout)
    (place.home / "study.tlx").write_text("1\n")
    command = (
        "source tlx.bash; complete -p tlx >/dev/null || exit 1; "
        'words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMPREPLY=(); '
        "$(complete -p tlx | sed 's/.*-F \\([^ ]*\\).*/\\1/') tlx \"${@: -1}\" \"${@: -2:1}\"; "
        'printf "%s\\n" "${COMPREPLY[@]}"; }; '
        "words tlx re; echo --; words tlx help weighted_k; echo --; words tlx stu"
    )
    folder = os.path.dirname(place.tlx)
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, cwd=place.home,
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
    )  # fmt: skip
    commands, names, files = done.stdout.split("--")
    assert "replay" in commands.split(), done
    assert "weighted_kendall" in names.split(), done
    assert files.split() == ["study.tlx"], done


def write_completion(place, shell, path):
    """The script for a shell in a file, and a folder that begins with `tlx` in the shell's PATH."""
    if not shutil.which(shell):
        raise Skipped(f"{shell} is not installed")
    script = place.run("completion", shell)
    expect(script, 0)
    path = place.home / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script.stdout)
    subprocess.run([shell, "-n", str(path)], check=True)
    assert script.stdout.count("Show subcommand help information") == 0
    write(place, "study.tlx", "1\n")
    return {"PATH": f"{os.path.dirname(place.tlx)}:{os.environ['PATH']}", "TERM": "xterm"}


def completes(screen, typed, seen):
    prompt = screen.last()
    screen.type(typed)
    screen.keys("Tab")
    screen.sees(f"{prompt} {seen}")
    screen.keys("C-c")
    screen.sees_last(prompt)


def test_completes_in_zsh(place):
    environment = write_completion(place, "zsh", "functions/_tlx")
    setup = f"fpath=({place.home}/functions $fpath)\nautoload -Uz compinit\ncompinit -u -d {place.home}/dump\nPROMPT='ready%% '\n"
    (place.home / ".zshrc").write_text(setup)
    screen = place.open(["zsh", "-i"], environment={**environment, "ZDOTDIR": str(place.home)}, columns=120)
    screen.sees_last("ready%")
    completes(screen, "tlx repl", "tlx replay")
    completes(screen, "tlx help weighted_k", "tlx help weighted_kendall")
    completes(screen, "tlx run st", "tlx run study.tlx")
    completes(screen, "tlx stu", "tlx study.tlx")
    completes(screen, "tlx check --js", "tlx check --json")


def test_completes_in_fish(place):
    environment = write_completion(place, "fish", ".config/fish/completions/tlx.fish")
    (place.home / ".config/fish/config.fish").write_text("function fish_prompt; echo 'ready> '; end\nset fish_greeting\n")
    screen = place.open(["fish"], environment=environment, columns=120)
    screen.sees_last("ready>")
    completes(screen, "tlx repl", "tlx replay")
    completes(screen, "tlx help weighted_k", "tlx help weighted_kendall")
    completes(screen, "tlx run st", "tlx run study.tlx")
    completes(screen, "tlx stu", "tlx study.tlx")
    completes(screen, "tlx check --js", "tlx check --json")


def test_completion_of_unknown_shells(place):
    expect(place.run("completion", "tcsh"), 2, "")


def test_generated_files_hold(place):
    """The reference and the files for editors are what the tables give."""
    done = subprocess.run([place.tlx, "doc", "--output", "Docs", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    for path in (ROOT / "Docs" / "Editors").rglob("*.json"):
        json.loads(path.read_text())


def test_tutorial_and_examples(place):
    """Each lesson shows what it says, is formatted and checks without a warning."""
    lessons = ROOT / "Docs" / "Tutorial"
    done = subprocess.run([place.tlx, "test", str(lessons)], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.endswith(" 0 failed\n"), done
    done = subprocess.run([place.tlx, "check", str(lessons)], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    done = subprocess.run([place.tlx, "fmt", "--check", str(lessons)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
