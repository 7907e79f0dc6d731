"""What the prompt does beyond editing: commands, profiles, cells, the editor, large pastes, being ended."""

import json
import os
import re
import signal
import stat

from prompt import wait_until_busy


def test_did_you_mean(place):
    screen = place.prompt()
    screen.enter("let width = 3")
    screen.ready(2)
    screen.enter("widht + 1")
    screen.sees("did you mean `width`?")
    screen.enter("meann([1, 2])")
    screen.sees("did you mean `mean`?")
    screen.enter("?leap")
    screen.sees("did you mean leep?")


def test_help_at_the_prompt(place):
    screen = place.prompt(rows=60)
    screen.enter("?")
    screen.sees("transfer")
    screen.sees(":vars")
    screen.enter("?transferability")
    screen.sees("is in the help on")
    screen.enter("## Doubles.\nfn twice(x) = x * 2")
    screen.enter("?twice")
    screen.sees("twice(x)")
    screen.sees("Doubles.")
    screen.enter("?E0402")
    screen.sees("E0402: ")
    screen.enter("?:prof")
    screen.sees(":prof expression")


def test_answer_goes_on(place):
    screen = place.prompt()
    screen.enter("[1, 2, 3]")
    screen.sees("[1, 2, 3]")
    screen.enter("|> sum")
    screen.sees("\n6\n")
    screen.enter("ans + 1")
    screen.sees("\n7\n")


def test_profile(place):
    screen = place.prompt(rows=50)
    screen.paste("fn quick(x) = x + 1\nfn slow(n) {\n    var s = 0\n    for i in range(n) { s += i * i }\n    s\n}")
    screen.sees("    s\n}")
    screen.keys("Enter")
    screen.ready(2)
    screen.enter(":prof [slow(300000), quick(1)]")
    screen.until(lambda: re.search(r"\d+ %  .* 30000[0-9]×  slow, prompt:1:4  for i in range", screen.text()), "profile")
    screen.ready()
    assert re.search(r"^[0-9.]+ (s|ms) in all$", screen.text(), re.M), screen.text()
    screen.enter(":prof nope")
    screen.sees("E0301")
    screen.enter(":prof")
    screen.sees("E0322")


def test_cells(place):
    (place.home / "study.tlx").write_text("# %% Load data\nlet d = [1, 2, 3]\n# %% Sum [cache]\nsum(d) + more\n")
    screen = place.prompt(rows=40)
    screen.enter(":run 1")
    screen.sees("E0322")
    screen.enter(":cells study.tlx")
    screen.sees("1  Load data  1 statement")
    screen.sees("2  Sum [cache]  1 statement")
    screen.enter(":run 1")
    screen.enter("let more = 10")
    screen.enter(":run 2")
    screen.sees("\n16\n")
    # The file is read anew.
    (place.home / "study.tlx").write_text("# %% Load data\nlet d = [1, 2, 30]\n# %% Sum\nsum(d) + more\n")
    screen.enter(":run 1")
    screen.enter(":run 2")
    screen.sees("\n43\n")
    screen.enter(":reset")
    screen.enter("let more = 100")
    screen.enter(":run 2")
    screen.sees("Load data, which it needs, runs first")
    screen.sees("\n133\n")
    screen.enter(":run 9")
    screen.sees("its cells are 1 to")
    screen.enter(":run nothing.tlx")
    screen.sees("E0601")


def test_editor(place):
    editor = place.home / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/20/21/" "$1"\n')
    editor.chmod(editor.stat().st_mode | stat.S_IEXEC)
    screen = place.prompt(environment={"EDITOR": f"{editor}"}, rows=40)
    screen.enter("let x = 20")
    screen.ready(2)
    screen.enter(":edit")
    screen.sees("let x = 21")
    screen.ready()
    screen.enter("x * 2")
    screen.sees("\n42\n")
    screen.keys("Up", "Up")
    screen.sees_last("tlx> let x = 21")
    screen.keys("C-c")
    screen.ready()
    (place.home / "own.tlx").write_text("20\n")
    screen.enter(":edit own.tlx")
    screen.until(lambda: (place.home / "own.tlx").read_text() == "21\n", "edited file")
    screen.ready()
    screen.enter(":edit")
    screen.sees("nothing changed, nothing run")
    assert not [name for name in os.listdir("/tmp") if name.startswith("tlx-") and name.endswith(".tlx")]


def test_editor_that_is_missing(place):
    screen = place.prompt(environment={"EDITOR": "/no/such/editor"})
    screen.enter(":edit")
    screen.sees("E0622")
    screen.ready()


def test_save_and_load(place):
    screen = place.prompt()
    screen.enter("let a = 3")
    screen.enter("let broken = nope")
    screen.sees("E0301")
    screen.enter("let b = a * 2")
    screen.ready()
    screen.enter(":save kept.tlx")
    screen.sees("2 inputs written to kept.tlx")
    saved = (place.home / "kept.tlx").read_text()
    assert re.fullmatch(r"seed\(\d+\)\n\n# %% input 1\nlet a = 3\n\n# %% input 2\nlet b = a \* 2\n", saved), saved
    screen.enter(":save kept.tlx")
    screen.sees("E0621")
    screen.enter(":reset")
    screen.enter(":load kept.tlx")
    screen.enter("b")
    screen.sees("\n6\n")


def test_paste_of_a_thousand_lines(place):
    screen = place.prompt()
    screen.paste("\n".join(f"let p{number} = {number}" for number in range(1000)))
    screen.sees("let p999 = 999")
    screen.keys("Enter")
    screen.ready()
    screen.enter("p0 + p500 + p999")
    screen.sees("\n1499\n")
    # As one entry of the history.
    history = (place.home / "state" / "tlx" / "history.jsonl").read_text().splitlines()
    texts = [entry["text"] for entry in map(json.loads, history) if "text" in entry]
    assert len(texts) == 2 and texts[0].count("\n") == 999, len(texts)


def test_paste_does_not_run_by_itself(place):
    screen = place.prompt()
    screen.paste("let pasted = 1\n")
    screen.sees_last("tlx> let pasted = 1")
    screen.keys("C-c")
    screen.ready()
    screen.enter("pasted")
    screen.sees("E0301")


def test_colours_in_several_lines(place):
    screen = place.prompt()
    screen.enter("fn f(x) {")
    screen.type('let s = "text"')
    screen.until(lambda: re.search(r"\x1b\[[0-9;]*mlet", screen.text(styled=True)), "coloured let")
    screen.until(lambda: re.search(r"\x1b\[[0-9;]*m\"text\"", screen.text(styled=True)), "coloured string")


def test_hint_follows_the_call(place):
    screen = place.prompt()
    screen.type("mean(")
    screen.sees_last("tlx> mean(x, *, axis=nil, keepdims=false)")
    screen.type("[1, 2], ")
    screen.until(lambda: "axis=nil" in screen.last() and "(x" not in screen.last(), "hint of what is left")
    screen.type("axis=0)")
    screen.sees_last("tlx> mean([1, 2], axis=0)")
    screen.keys("Enter")
    screen.sees("\n1.5\n")


def test_two_interrupts_in_a_row(place):
    screen = place.prompt()
    screen.enter("let kept = 42")
    screen.ready(2)
    screen.enter("while true {}")
    wait_until_busy(screen)
    screen.keys("C-c", "C-c")
    screen.sees("E0701")
    screen.until(lambda: screen.last() == "tlx>", "prompt")
    screen.enter("kept")
    screen.sees("\n42\n")
    screen.keys("C-c", "C-c", "C-c")
    screen.enter("kept + 1")
    screen.sees("\n43\n")


def test_interrupt_of_a_shell_command(place):
    screen = place.prompt()
    screen.enter("!echo begun; sleep 1000")
    screen.sees("\nbegun")
    screen.keys("C-c")
    screen.sees("E0622")
    screen.ready()
    screen.enter("1 + 1")
    screen.sees("\n2\n")


def ended(screen):
    """Waits until the program is gone."""
    screen.until(lambda: screen.left.exists() and screen.left.read_text().endswith("\n"), "end")
    return int(screen.left.read_text())


def test_asked_to_end_at_the_prompt(place):
    for typed in ("", "let half = [1,"):
        screen = place.prompt()
        screen.enter("let kept = 1")
        screen.ready(2)
        screen.type(typed)
        os.kill(screen.pid(), signal.SIGTERM)
        assert ended(screen) == 143
    entries = [json.loads(line) for line in (place.home / "state" / "tlx" / "history.jsonl").read_text().splitlines()]
    assert [entry["ok"] for entry in entries if "ok" in entry] == [True, True], entries


def test_asked_to_end_while_busy(place):
    screen = place.prompt()
    screen.enter("while true {}")
    wait_until_busy(screen)
    os.kill(screen.pid(), signal.SIGTERM)
    assert ended(screen) == 143


def test_closed_terminal(place):
    """The history has what was typed, and the program does not stay behind."""
    screen = place.prompt()
    screen.enter("let kept = 1")
    screen.ready(2)
    screen.enter("while true {}")
    wait_until_busy(screen)
    process = screen.pid()
    screen.close()

    def is_gone():
        try:
            with open(f"/proc/{process}/stat") as file:
                return file.read().rsplit(")", 1)[1].split()[0] == "Z"
        except FileNotFoundError:
            return True

    screen.until_without_screen(is_gone, "end of the program")
    lines = (place.home / "state" / "tlx" / "history.jsonl").read_text().splitlines()
    assert [entry["text"] for entry in map(json.loads, lines) if "text" in entry] == ["let kept = 1", "while true {}"]


def test_memory_limit_keeps_the_session(place):
    screen = place.prompt(environment={"TLX_MEMORY": "150M"})
    screen.enter("let kept = 42")
    screen.ready(2)
    screen.enter('var s = (1,); while true { s = s + ("x" * 1000000,) }')
    screen.sees("E0702")
    screen.ready()
    screen.enter(":reset")
    screen.enter("let again = 6 * 7")
    screen.enter("again")
    screen.sees("\n42\n")


def test_sandbox_at_the_prompt(place):
    screen = place.prompt("--sandbox")
    for text in ("!echo no", ":save f.tlx", ":edit", 'read("/etc/passwd")', ":load /etc/passwd"):
        screen.enter(text)
        screen.sees("E0623")
        screen.ready()
        screen.keys("C-l")
        screen.until(lambda: "E0623" not in screen.text(), "cleared screen")


def test_resize_narrow_and_back_with_several_lines(place):
    screen = place.prompt()
    screen.enter("fn f(x) {")
    screen.type("let wide = 1111111111 + 2222222222 + 3333333333")
    screen.sees("3333333333")
    screen.resize(40, 20)
    screen.until(lambda: "3333333333" in "".join(screen.lines()), "text after shrinking")
    screen.resize(80, 24)
    screen.keys("Enter")
    screen.type("wide + x")
    screen.keys("Enter")
    screen.type("}")
    screen.keys("Enter")
    screen.until(lambda: screen.last() == "tlx>", "prompt")
    screen.enter("f(1)")
    screen.sees("\n6666666667\n")


def test_tab_knows_choices_and_files_in_folders(place):
    (place.home / "data").mkdir()
    (place.home / "data" / "flowers.csv").write_text("a\n1\n")
    screen = place.prompt()
    screen.type('csv("da')
    screen.keys("Tab")
    screen.sees_last('tlx> csv("data/')
    screen.keys("Tab")
    screen.sees_last('tlx> csv("data/flowers.csv')
    screen.type('")')
    screen.keys("Enter")
    screen.sees("a")
    screen.ready()
    screen.type("fn own(first, second=2) = first")
    screen.keys("Enter")
    screen.ready()
    screen.type("own(1, sec")
    screen.keys("Tab")
    screen.sees_last("tlx> own(1, second=")
