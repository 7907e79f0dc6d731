"""The program without a terminal: arguments, pipes, statuses."""

import json
import os
import signal
import subprocess


def expect(done, status, out=None, error=None):
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    if out is not None:
        assert done.stdout == out, (done.stdout, done.stderr)
    if error is not None:
        assert error in done.stderr, done.stderr


def write(place, name, text):
    (place.home / name).write_text(text)
    return name


def test_line(place):
    expect(place.run("-e", "1 + 1"), 0, "2\n", "")
    expect(place.run("-e", "-3"), 0, "-3\n")
    expect(place.run("-e", "let x = 2; x^10"), 0, "1024\n")
    expect(place.run("-e", "1 +"), 3, "", "E02")
    expect(place.run("-e", "misssing"), 3, "", "E03")
    expect(place.run("-e", "[1, 2] + [1, 2, 3]"), 1, "", "E04")
    expect(place.run("-e", 'assert 1 > 2, "no"'), 4, "", "no")


def test_file_with_arguments(place):
    file = write(place, "f.tlx", "print(args)\nlen(args)\n")
    expect(place.run(file, "a", "b"), 0, '("a", "b")\n2\n')
    expect(place.run("run", file, "--", "--seed", "3"), 0, '("--seed", "3")\n2\n')
    expect(place.run(file, "--quiet", "a"), 0, '("a",)\n')


def test_standard_input(place):
    expect(place.run("-", stdin="let x = 3\nx * 2\n"), 0, "6\n")
    expect(place.run(stdin="let x = 3\nx * 2\n"), 0, "6\n")
    expect(place.run(stdin="fn f(x) {\n  x + 1\n}\nf(1)"), 0, "2\n")
    expect(place.run(stdin="nope\n1\n"), 1, "1\n", "E03")
    expect(place.run("-", stdin="1 +"), 3, "")


def test_seed(place):
    one = place.run("--seed", "7", "-e", "uniform(3)")
    expect(one, 0)
    assert one.stdout == place.run("-e", "uniform(3)", "--seed", "7").stdout
    assert one.stdout != place.run("--seed", "8", "-e", "uniform(3)").stdout


def test_json(place):
    expect(
        place.run("--json", "-e", "[1, 2.5]"), 0,
        '{"kind": "tensor", "dtype": "f64", "shape": [2], "value": [1, 2.5]}\n',
    )  # fmt: skip
    expect(place.run("--json", "-e", 'print("a\\n")'), 0, '{"kind": "text", "value": "a\\n"}\n')


def test_gate(place):
    """A CI job reads the status and the verdict."""
    report = "let f = flips([0, 1, 2, 0, 1, 0], [0, 1, 2, 0, 0, 2], [0, 1, 2, 0, 1, 2])\n"
    bad = write(place, "bad.tlx", report + "gate(f, max_nfr=0.02, min_gain=0.01)\nprint(1)\n")
    good = write(place, "good.tlx", report + "gate(f, max_nfr=0.6)\nprint(1)\n")
    for options in ([], ["--json"], ["--quiet"]):
        done = place.run(*options, bad)
        expect(done, 4, error="E0708")
        assert "may be as high as 56.35 %" in done.stderr, done.stderr
        verdict = json.loads(done.stdout)["value"]
        assert verdict["passed"] is False and verdict["max_nfr"] == 0.02, verdict
        assert verdict["slices"][0]["nfr"] == 1 / 6 and len(verdict["reasons"]) == 2, verdict
    expect(place.run("--quiet", good), 0, "1\n", "")
    done = place.run("--json", good)
    expect(done, 0)
    assert json.loads(done.stdout.splitlines()[0])["value"]["passed"] is True, done.stdout
    script = f"'{place.tlx}' bad.tlx > verdict.json 2> reason.txt || echo refused"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=place.home)
    assert done.stdout == "refused\n", done
    answered = write(place, "answered.tlx", report + "try gate(f, max_nfr=0.02) else 0\n")
    expect(place.run(answered), 0, "0\n", "")


def test_missing_file(place):
    write(place, "study.tlx", "1")
    expect(place.run("studdy.tlx"), 1, "", "did you mean study.tlx?")
    expect(place.run("."), 1, "", "folder")


def test_not_text(place):
    (place.home / "b.tlx").write_bytes(b"\xff\xfe\x00\x01")
    expect(place.run("b.tlx"), 1, "", "E0620")


def test_usage(place):
    expect(place.run("--sed", "3"), 2, "")
    expect(place.run("--threads", "0", "-e", "1"), 2, "")
    expect(place.run("explain", "E9999"), 2, "")
    assert place.run("--version").stdout.startswith("0.") or place.run("--version").stdout.startswith("TLX")
    expect(place.run("--help"), 0)


def test_closed_pipe(place):
    command = f"'{place.tlx}' -e 'for i in range(200000) {{ print(i) }}' | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=place.home)
    assert done.stdout == "0\n" and done.stderr == "", done


def test_interrupt(place):
    process = subprocess.Popen(
        [place.tlx, "-e", 'print("on"); while true {}'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "on\n"
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130 and "E0701" in error, (process.returncode, error)


def test_tests(place):
    good = write(place, "good.tlx", "1 + 1 #=> 2\nassert true\nprint(\"x\") #=> x\n")
    bad = write(place, "bad.tlx", "1 + 1 #=> 3\n[1, 2]\n#=> [1, 2]\nassert 1 > 2\n")
    expect(place.run("test", good), 0, "3 passed, 0 failed\n")
    expect(place.run("test", bad), 4, "1 passed, 2 failed\n", "#=> 3")
    write(place, "update.tlx", "1 + 1      #=> 3\n2 / 3   #=> ~0.66\n")
    expect(place.run("test", "--update", "update.tlx"), 0)
    text = (place.home / "update.tlx").read_text()
    assert text == "1 + 1      #=> 2\n2 / 3   #=> ~0.67\n", text
    expect(place.run("test", "update.tlx"), 0, "2 passed, 0 failed\n")


def test_help_and_explain(place):
    assert "leep(theta" in place.run("help", "leep").stdout
    assert "did you mean leep?" in place.run("help", "leap").stderr
    assert "E0402" in place.run("explain", "E0402").stdout
    assert "E0402" in place.run("explain", "e0402").stdout


def test_without_anything(place):
    done = subprocess.run(["env", "-i", place.tlx, "-e", "1"], capture_output=True, text=True, cwd="/")
    expect(done, 0, "1\n", "")


def test_shebang(place):
    path = place.home / "script"
    path.write_text("#!/usr/bin/env tlx\n6 * 7\n")
    path.chmod(0o755)
    folder = os.path.dirname(place.tlx)
    done = subprocess.run(
        [str(path)], capture_output=True, text=True, env={"PATH": f"{folder}:{os.environ['PATH']}"}
    )
    expect(done, 0, "42\n")
