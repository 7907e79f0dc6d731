"""The prompt, key by key."""

import json
import os
import re
import signal
import subprocess


def test_shows_values(place):
    screen = place.prompt()
    screen.enter("let x = [[1, 2, 3], [4, 5, 6]]")
    screen.enter("x.shape")
    screen.sees("(2, 3)")
    screen.enter("ans")
    screen.ready()


def test_function_over_several_lines(place):
    screen = place.prompt()
    screen.enter("fn collatz(n) {")
    screen.enter("var steps = 0")
    screen.enter("while n != 1 {")
    screen.sees("\n    while n != 1 {")
    screen.keys("C-c")
    screen.ready()
    for line in ["fn double(n) {", "if n > 0 {", "n * 2", "} else { 0 }", "}"]:
        screen.enter(line)
    screen.ready()
    assert "    if n > 0 {" in screen.lines() and "        n * 2" in screen.lines(), screen.text()
    assert "    } else { 0 }" in screen.lines() and "}" in screen.lines(), screen.text()
    screen.enter("double(21)")
    screen.sees("\n42\n")


def test_edits_inside_several_lines(place):
    screen = place.prompt()
    screen.enter("let y = [")
    screen.enter("1,")
    screen.type("2]")
    screen.sees_last("    2]")
    screen.keys("Up")
    screen.keys("End")
    screen.type(" 7,")
    screen.sees("    1, 7,")
    screen.keys("Enter")
    screen.ready()
    screen.enter("y")
    screen.sees("[1, 7, 2]")
    # As one entry of the history, to be changed again.
    screen.keys("Up", "Up")
    screen.sees_last("    2]")
    assert screen.lines().count("    1, 7,") == 2, screen.text()


def test_history_survives_kill(place):
    screen = place.prompt()
    screen.enter("let kept = 42")
    screen.ready(2)
    screen.enter("fn many(")
    screen.enter("a, b) = a")
    screen.ready(3)
    screen.enter("while true {}")
    history = place.home / "state" / "tlx" / "history.jsonl"
    screen.until(lambda: history.exists() and "while true" in history.read_text(), "history line")
    os.kill(screen.pid(), signal.SIGKILL)
    again = place.prompt()
    again.keys("Up")
    again.sees_last("tlx> while true {}")
    again.keys("C-c")
    again.ready()
    again.keys("Up", "Up")
    again.sees_last("    a, b) = a")
    entries = [json.loads(line) for line in history.read_text().splitlines()]
    texts = [entry["text"] for entry in entries if "text" in entry]
    assert texts == ["let kept = 42", "fn many(\n    a, b) = a", "while true {}"], texts
    assert [entry["ok"] for entry in entries if "ok" in entry] == [True, True], entries
    assert all(entry["folder"] == str(place.home) and entry["time"] for entry in entries if "text" in entry)


def test_two_sessions_share_history(place):
    first, second = place.prompt(), place.prompt()
    for number in range(20):
        first.enter(f"let a{number} = {number}")
        second.enter(f"let b{number} = {number}")
    first.sees("let a19")
    first.ready()
    second.sees("let b19")
    second.ready()
    history = (place.home / "state" / "tlx" / "history.jsonl").read_text()
    texts = [json.loads(line).get("text") for line in history.splitlines()]
    for number in range(20):
        assert f"let a{number} = {number}" in texts and f"let b{number} = {number}" in texts


def test_searches_history(place):
    screen = place.prompt()
    for text in ["let apple = 1", "let pear = 2", "let plum = 3"]:
        screen.enter(text)
    screen.ready(4)
    screen.keys("C-r")
    screen.type("app")
    screen.sees("tlx> let apple = 1")
    screen.keys("Enter")
    screen.until(lambda: screen.text().count("let apple = 1") == 2 and screen.last() == "tlx>", "second run")


def test_up_finds_what_begins_as_typed(place):
    screen = place.prompt()
    for number, line in enumerate(("let alpha = 1", "let beta = 2", "alpha + beta", "let beta = 3", "let beta = 3")):
        screen.enter(line)
        screen.ready(number + 2)
    screen.type("let b")
    screen.keys("Up")
    screen.sees_last("tlx> let beta = 3")
    screen.keys("Up")
    screen.sees_last("tlx> let beta = 2")
    screen.keys("Up")
    screen.keys("Down")
    screen.sees_last("tlx> let beta = 3")
    screen.keys("Down")
    screen.sees_last("tlx> let b")
    # What was changed goes on from where it was found.
    screen.keys("C-u", "Up", "Up", "Up")
    screen.sees_last("tlx> let beta = 2")
    screen.keys("BSpace")
    screen.type("5")
    screen.keys("Enter")
    screen.enter("beta")
    screen.sees("\n5\n")


def test_lists_history(place):
    screen = place.prompt()
    screen.enter("let alpha = 1")
    screen.enter("alpha + nothing")
    screen.sees("E0301")
    screen.enter("fn f(x) {")
    screen.type("x")
    screen.keys("Enter")
    screen.enter("}")
    screen.ready()
    screen.enter(":history")
    screen.sees("        let alpha = 1")
    screen.sees("failed  alpha + nothing")
    screen.sees("fn f(x) { … 3 lines")
    screen.enter(":history nothing")
    screen.until(lambda: screen.text().count("failed  alpha + nothing") == 2, "the one input with the word")
    screen.enter(":history nowhere")
    screen.sees("no input has nowhere in it")


def test_question_mark_behind_a_name(place):
    screen = place.prompt(rows=50)
    screen.enter("leep?")
    screen.sees("leep(")
    screen.sees("log expected empirical prediction")


def test_tab_completes(place):
    (place.home / "measurements.csv").write_text("a,b\n1,2\n")
    screen = place.prompt()
    cases = [
        ("weighted_k", "tlx> weighted_kendall("),
        ("mean(x, ax", "tlx> mean(x, axis="),
        ('csv("meas', 'tlx> csv("measurements.csv'),
        ('dataset("dig', 'tlx> dataset("digits"'),
        (":va", "tlx> :vars"),
        ("?lee", "tlx> ?leep"),
    ]
    for typed, completed in cases:
        screen.type(typed)
        screen.sees(f"tlx> {typed}")
        screen.keys("Tab")
        screen.until(lambda: screen.last().startswith(completed), completed)
        screen.keys("C-c")
        screen.ready()


def test_tab_completes_own_names_and_fields(place):
    screen = place.prompt()
    screen.enter("let settings = {rate: 0.1, rounds: 3, model: 1}")
    screen.ready(2)
    screen.type("settings.m")
    screen.keys("Tab")
    screen.sees_last("tlx> settings.model")
    screen.keys("C-c")
    screen.ready()
    screen.type("sett")
    screen.keys("Tab")
    screen.sees_last("tlx> settings")
    screen.keys("C-c")
    screen.ready()
    screen.type("settings.")
    screen.keys("Tab")
    screen.sees("rounds  3")
    screen.sees_last("tlx> settings.")


def test_tab_completes_the_fields_of_objects(place):
    screen = place.prompt()
    screen.enter('let run = {chain: markov([[0.5, 0.5], [0, 1]]), model: mlp([4, 8, 3]), stats: {last: {loss: 0.5}}}')
    screen.ready(2)
    listed = [
        ("run.chain.", "transitions  a table of from, to and probability"),
        ("run.model.", "architecture  its layers in words"),
        ("run.model.params.", "0.weight"),
    ]
    for typed, shown in listed:
        screen.type(typed)
        screen.keys("Tab", "Tab")
        if typed != "run.model.params.":
            screen.sees(shown)
        screen.until(lambda: screen.last().startswith("tlx> " + typed), typed)
        screen.keys("C-c")
        screen.ready()
    for typed, completed in [("run.ch", "run.chain"), ("run.model.ar", "run.model.architecture"),
                             ("run.stats.last.", "run.stats.last.loss"), ("run.chain.sparse.nn", "run.chain.sparse.nnz"),
                             ("mean(run.chain.ma", "mean(run.chain.matrix")]:  # fmt: skip
        screen.type(typed)
        screen.keys("Tab")
        screen.until(lambda: screen.last().startswith(f"tlx> {completed}"), completed)
        screen.keys("C-c")
        screen.ready()


def test_tab_lists_with_summaries(place):
    screen = place.prompt()
    screen.type("spear")
    screen.keys("Tab")
    screen.sees("spearman(")
    screen.keys("C-c")
    screen.ready()
    screen.type("arg")
    screen.keys("Tab", "Tab")
    screen.sees("argmax")
    screen.sees("argsort")
    screen.sees_last("tlx> arg")
    assert any(re.match(r"argmax +\S+ \S+", line) for line in screen.lines()), screen.text()


def test_tab_in_a_text_of_several_lines_keeps_what_is_above(place):
    screen = place.prompt()
    screen.enter('"above"')
    screen.ready(2)
    screen.enter("f(")
    screen.enter("1,")
    screen.type("arg")
    screen.keys("Tab", "Tab")
    screen.sees("argsort")
    lines = screen.lines()
    assert '"above"' in lines or "above" in lines, screen.text()
    assert lines[-1] == "    arg" or "    arg" in lines, screen.text()


def test_control_c_stops_a_computation(place):
    screen = place.prompt()
    screen.enter("let kept = 42")
    screen.ready(2)
    screen.enter("while true {}")
    screen.sees_last("tlx> while true {}")
    wait_until_busy(screen)
    screen.keys("C-c")
    screen.ready()
    screen.sees("E0701")
    screen.enter("kept")
    screen.sees("\n42\n")


def test_control_c_inside_fit_keeps_the_model(place):
    screen = place.prompt()
    screen.enter('let digits = dataset("digits")')
    screen.ready(2)
    screen.enter("let run = fit(mlp([64, 256, 10]), digits, epochs=20000)")
    screen.until(lambda: re.search(r"epoch \d{2,}/20000", screen.text()), "a progress bar past the first epochs")
    screen.keys("C-c")
    screen.ready()
    screen.enter("(run.ending, len(run.log) > 0, len(digits))")
    screen.sees('("interrupted", true, 1797)')


def test_control_c_inside_a_built_in(place):
    screen = place.prompt()
    screen.enter("let kept = 42")
    screen.ready(2)
    screen.enter("map(range(1000000000), x -> x)")
    wait_until_busy(screen)
    screen.keys("C-c")
    screen.sees("E0701")
    screen.ready()
    screen.enter("kept")
    screen.sees("\n42\n")


def wait_until_busy(screen):
    """The input runs once the program has used processor time after it was entered."""
    path = f"/proc/{screen.pid()}/stat"

    def used():
        with open(path) as file:
            return int(file.read().rsplit(")", 1)[1].split()[11])

    before = used()
    screen.until(lambda: used() > before + 5, "computation")


def test_control_c_clears_what_is_typed(place):
    screen = place.prompt()
    screen.type("let half = [1, ")
    screen.sees("let half")
    screen.keys("C-c")
    screen.ready()
    screen.enter("1 + 1")
    screen.sees("\n2\n")


def test_control_d_leaves(place):
    screen = place.prompt()
    screen.keys("C-d")
    assert screen.status() == 0


def test_quit_leaves(place):
    screen = place.prompt()
    screen.enter(":quit")
    assert screen.status() == 0


def test_quit_as_elsewhere(place):
    for word in ("quit", "exit()"):
        screen = place.prompt()
        screen.enter(word)
        assert screen.status() == 0
    screen = place.prompt()
    screen.enter("let quit = 7")
    screen.ready(2)
    screen.enter("quit")
    screen.sees("\n7\n")


def test_forty_columns(place):
    screen = place.prompt(columns=40)
    screen.enter("let matrix = [[k * j for j in range(30)] for k in range(30)]")
    screen.ready()
    screen.enter("matrix")
    screen.sees("30, 30")
    screen.ready()
    screen.enter("undefined_variable_name + 1")
    screen.sees("E03")
    screen.ready()
    screen.type("let long = 1111111111 + 2222222222 + 3333333333 + 4444444444")
    screen.sees("4444444444")
    for _ in range(10):
        screen.keys("BSpace")
    screen.type("5")
    screen.until(lambda: "3333333333 + 5" in "".join(screen.lines()), "edited text")
    screen.keys("C-a")
    screen.keys("C-k")
    screen.enter("1 + 1")
    screen.sees("\n2\n")


def test_no_color(place):
    screen = place.prompt(environment={"NO_COLOR": "1"})
    screen.enter('let word = "text"')
    screen.enter("nothing_like_this")
    screen.sees("E03")
    assert "\x1b[" not in screen.text(styled=True), repr(screen.text(styled=True))


def test_colors_and_hint(place):
    screen = place.prompt()
    screen.type('let word = "text"')
    screen.until(lambda: re.search(r"\x1b\[[0-9;]*mlet", screen.text(styled=True)), "coloured let")
    screen.keys("C-c")
    screen.ready()
    screen.type("leep(")
    screen.until(lambda: re.search(r"leep.*\(.*\x1b\[2m", screen.text(styled=True)), "dim hint")
    screen.keys("C-c")
    screen.ready()


def test_dumb_terminal(place):
    screen = place.prompt(environment={"TERM": "dumb"})
    screen.enter("let x = [1,")
    screen.enter("2]")
    screen.ready()
    screen.enter("x")
    screen.sees("[1, 2]")
    screen.enter("while true {}")
    screen.sees("while true {}")
    wait_until_busy(screen)
    screen.keys("C-c")
    screen.sees("E0701")
    screen.ready()
    screen.keys("C-d")
    assert screen.status() == 0
    assert "\x1b" not in screen.text(styled=True), screen.text(styled=True)


def test_paste(place):
    screen = place.prompt()
    lines = "\n".join(f"let p{number} = {number}" for number in range(100))
    screen.paste(lines)
    screen.sees("let p99 = 99")
    screen.keys("Enter")
    screen.ready()
    screen.enter("p0 + p57 + p99")
    screen.sees("\n156\n")


def test_paste_of_a_function_with_tabs(place):
    screen = place.prompt()
    screen.paste("fn twice(x) {\n\tx * 2\n}\n")
    screen.sees("    x * 2")
    screen.keys("Enter")
    screen.ready()
    screen.enter("twice(4)")
    screen.sees("\n8\n")


def test_resize_while_typing(place):
    screen = place.prompt()
    screen.type("let wide = 1111111111 + 2222222222 + 3333333333 + 4444444444")
    screen.sees("4444444444")
    screen.resize(50, 24)
    screen.until(lambda: "4444444444" in "".join(screen.lines()), "text after shrinking")
    screen.resize(100, 30)
    screen.until(lambda: any("1111111111 + 2222222222 + 3333333333 + 4444444444" in line for line in screen.lines()), "text")
    screen.keys("Enter")
    screen.ready()
    screen.enter("wide")
    screen.sees("11111111110")


def test_wide_characters(place):
    screen = place.prompt()
    screen.type('let s = "日本語 αβγ é"')
    screen.keys("Left", "BSpace")
    screen.type("x")
    screen.sees_last('tlx> let s = "日本語 αβγ x"')
    screen.keys("Enter")
    screen.ready()
    screen.enter("s")
    screen.sees('"日本語 αβγ x"')


def test_vi_keys_from_editrc(place):
    (place.home / ".editrc").write_text("bind -v\n")
    screen = place.prompt()
    screen.enter("let x = 12")
    screen.ready(2)
    screen.type("x + 3")
    screen.keys("Escape")
    screen.type("0r1")
    screen.sees_last("tlx> 1 + 3")
    screen.keys("Enter")
    screen.sees("\n4\n")


def test_without_home(place):
    screen = place.prompt(environment={"HOME": None, "XDG_STATE_HOME": None})
    screen.enter("1 + 1")
    screen.sees("\n2\n")
    screen.keys("C-d")
    assert screen.status() == 0


def test_c_locale(place):
    screen = place.prompt(environment={"LANG": "C"})
    screen.enter('"äöü"')
    screen.sees('\n"äöü"\n')


def test_undo_takes_back_what_one_input_did(place):
    (place.home / "two.tlx").write_text("# %% One\nlet a = 1\n\n# %% Two\nlet b = 2\n")
    screen = place.prompt()
    screen.enter("var n = 1")
    screen.ready(2)
    # What failed on its way is taken back alone.
    screen.enter('n = 2; error("stop")')
    screen.sees("stop")
    screen.ready()
    screen.enter(":undo")
    screen.sees("took back: n = 2; error")
    screen.enter('"n is {n}"')
    screen.sees('"n is 1"')
    # A file of two cells counts once.
    screen.enter(":load two.tlx")
    screen.enter(":undo")
    screen.sees("took back: :load two.tlx")
    screen.enter("a")
    screen.sees("there is no `a`")
    screen.ready()
    screen.enter(":save kept.tlx")
    screen.sees("2 inputs written")
    # A slip that ran nothing needs no step of its own.
    screen.enter("nn")
    screen.enter(":undo")
    screen.sees('took back: "n is {n}"')


def test_commands_fit_a_narrow_screen(place):
    screen = place.prompt(columns=40, rows=50)
    screen.enter(":help")
    screen.sees(":quit")
    screen.ready()
    lines = screen.lines()
    start = next(number for number, line in enumerate(lines) if line == "  :vars")
    assert lines[start + 1] == "      list the variables", screen.text()
    assert "  :history word" in lines and "  :quit" in lines, screen.text()


def test_an_interrupted_shell_command_says_so(place):
    screen = place.prompt()
    screen.enter("!echo started; sleep 100")
    screen.sees("\nstarted")
    # A shell that is about to start the next command may miss one.
    message = "\nerror[E0622]: the command was interrupted"
    screen.until(lambda: message in screen.text() or screen.keys("C-c"), "message")
    screen.ready()


def test_commands(place):
    screen = place.prompt()
    screen.enter("let x = [1, 2, 3]")
    screen.ready(2)
    screen.enter(":vars")
    screen.until(lambda: any(re.match(r"x +[fi]64\[3\]", line) for line in screen.lines()), "variable")
    screen.enter(":time sum(x)")
    screen.until(lambda: any(re.match(r"[0-9.]+ (µs|ms|s)$", line) for line in screen.lines()), "time")
    screen.enter("let x = 5")
    screen.enter(":undo")
    screen.sees("took back: let x = 5")
    screen.enter("x |> sum")
    screen.sees("\n6\n")
    screen.enter(":save kept.tlx")
    screen.sees("kept.tlx")
    screen.ready()
    saved = (place.home / "kept.tlx").read_text()
    assert "\nlet x = [1, 2, 3]\n" in saved and "\nx |> sum\n" in saved and "x = 5" not in saved, saved
    screen.enter("!echo from the shell")
    screen.sees("\nfrom the shell\n")
    screen.enter(":reset")
    screen.enter(":vars")
    screen.sees("no variables yet")
    screen.enter(":load kept.tlx")
    screen.enter("x")
    screen.sees("[1, 2, 3]")
    screen.enter("?leep")
    screen.sees("leep(")
    screen.ready()
    screen.enter(":vras")
    screen.sees("did you mean :vars?")


def test_stop_and_continue(place):
    screen = place.open(["bash", "--norc", "--noprofile", "-i"], environment={"PS1": "$ ", "TLX": place.tlx})
    screen.enter('"$TLX"')
    screen.ready()
    screen.type("let half = 3")
    screen.sees_last("tlx> let half = 3")
    screen.keys("C-z")
    screen.sees("Stopped")
    screen.enter("fg")
    screen.until(lambda: screen.last() == "tlx> let half = 3", "the line again")
    screen.keys("Enter")
    screen.ready()
    screen.enter("half")
    screen.sees("\n3\n")
    screen.keys("C-d")


def test_memory_at_the_prompt(place):
    screen = place.prompt()
    with open(f"/proc/{screen.pid()}/status") as file:
        kilobytes = int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))
    # Debug builds carry more than the 25 MB that hold for a release.
    assert kilobytes < 60_000, f"{kilobytes} kB"


def test_terminal_is_left_in_order(place):
    screen = place.open(["bash", "--norc", "--noprofile", "-i"], environment={"PS1": "$ ", "TLX": place.tlx})
    screen.enter('stty -a > before; "$TLX"; stty -a > after; cmp before after && echo the same')
    screen.ready()
    screen.enter("1")
    screen.keys("C-d")
    screen.sees("\nthe same\n")


def test_is_quiet_about_a_missing_terminal_description(place):
    done = subprocess.run(
        ["env", "-i", place.tlx], input="1 + 1\n", capture_output=True, text=True, cwd=place.home
    )
    assert done.stdout == "2\n" and done.stderr == "" and done.returncode == 0, done
