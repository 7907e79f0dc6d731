"""Random keys: whatever is typed, the prompt stays. TLX_KEYS sets how many streams there are."""

import os
import random

KEYS = ["Up", "Down", "Left", "Right", "Home", "End", "BSpace", "DC", "Tab", "Enter", "M-Enter", "C-a", "C-e", "C-k",
        "C-u", "C-w", "C-y", "C-t", "C-_", "C-r", "C-p", "C-n", "C-f", "C-b", "C-c", "C-l", "C-Left", "C-Right",
        "Escape", "PPage", "NPage", "F1", "M-b", "M-f", "M-d"]  # fmt: skip
TEXTS = ["let x = ", "[1, 2, 3]", "fn f(a) {", "}", "{", "(", ")", '"', '"a {x', "|> sum", "x.", "mean(x, ", "?le", ":va",
         "#", "# %% ", "日本", "é", "e\u0301", "👩\u200d🔬", "\\", "if x > 1 { ", "..", "'", "1e", "0x", ":time ",
         "dataset(\"", "for i in range(3) { ", "a" * 300]  # fmt: skip


def press(screen, source, count):
    for _ in range(count):
        choice = source.random()
        if choice < 0.5:
            screen.keys(source.choice(KEYS))
        elif choice < 0.9:
            screen.type(source.choice(TEXTS))
        elif choice < 0.95:
            screen.paste(source.choice(TEXTS) + "\n" + source.choice(TEXTS) + "\x1b[A\x07")
        else:
            screen.resize(source.choice([20, 40, 80, 120]), source.choice([5, 24, 50]))


def test_random_keys(place):
    first = int(os.environ.get("TLX_SEED", 1))
    for seed in range(first, first + int(os.environ.get("TLX_KEYS", 3))):
        source = random.Random(seed)
        # Ctrl-D and what leaves the program are not among the keys; the history starts empty each time.
        screen = place.prompt(environment={"XDG_STATE_HOME": str(place.home / f"state-{seed}"), "EDITOR": "true"})
        press(screen, source, 120)
        screen.resize(80, 24)
        # Out of whatever is open: a search, a quoted key, half a text.
        screen.keys("Escape", "C-c", "C-c")
        screen.until(lambda: screen.last() == "tlx>" or not screen.keys("C-c"), f"prompt with seed {seed}")
        screen.enter(f'"alive {seed}"')
        screen.until(lambda: f'\n"alive {seed}"' in screen.text() or screen.left.exists(), f"answer with seed {seed}")
        assert not screen.left.exists(), f"seed {seed} ended the program: {screen.text()}"
        screen.close()
