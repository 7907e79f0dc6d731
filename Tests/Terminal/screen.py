"""A program in a real terminal (tmux) that tests type into and look at. Nothing here waits for a time to pass: every
wait is for something to be on the screen."""

import itertools
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

PATIENCE = float(os.environ.get("TLX_PATIENCE", 60))  # seconds after which something that should have come counts as missing


class Missing(AssertionError):
    pass


class Skipped(Exception):
    """A test that this machine cannot run, and why."""


class Screen:
    """A program that runs in a terminal of its own, with a home folder of its own."""

    # Tests run on several threads.
    numbers = itertools.count(1)

    def __init__(self, command, home, columns=80, rows=24, environment=None, folder=None):
        number = next(Screen.numbers)
        self.socket = f"tlx-{os.getpid()}-{number}"
        # tmux may forget the status of what ran in it: a shell around the program writes it down.
        self.left = pathlib.Path(home) / f"status-{number}"
        settings = {
            "HOME": str(home),
            "XDG_STATE_HOME": str(pathlib.Path(home) / "state"),
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8",
            "TERM": "tmux-256color",
        }
        if "TLX_DATA" in os.environ:
            settings["TLX_DATA"] = os.environ["TLX_DATA"]
        settings.update(environment or {})
        words = [f"{name}={value}" for name, value in settings.items() if value is not None]
        configuration = pathlib.Path(home) / "tmux.conf"
        configuration.write_text(
            "set -g status off\nset -g escape-time 0\nset -g history-limit 5000\n"
        )
        self.tmux(
            "-f", str(configuration), "new-session", "-d", "-s", "t", "-x", str(columns), "-y", str(rows),
            "-c", str(folder or home), "sh", "-c", 'trap : INT; "$@"; echo $? >"$0"; exec sleep 1000', str(self.left),
            "env", "-i", *words, *command,
        )  # fmt: skip

    def tmux(self, *words, data=None):
        done = subprocess.run(
            ["tmux", "-L", self.socket, *words], input=data, text=True, capture_output=True, stdin=None if data else subprocess.DEVNULL
        )
        if done.returncode != 0:
            raise Missing(f"tmux {' '.join(words[:2])}: {done.stderr.strip()}")
        return done.stdout

    def keys(self, *names):
        """Presses keys by their tmux names: Enter, Tab, Up, C-c."""
        self.tmux("send-keys", "-t", "t", *names)

    def type(self, text):
        self.tmux("send-keys", "-t", "t", "-l", "--", text)

    def enter(self, text):
        self.type(text)
        self.keys("Enter")

    def paste(self, text):
        self.tmux("load-buffer", "-", data=text)
        self.tmux("paste-buffer", "-p", "-t", "t")

    def resize(self, columns, rows):
        self.tmux("resize-window", "-t", "t", "-x", str(columns), "-y", str(rows))

    def text(self, styled=False, scrollback=False):
        words = ["capture-pane", "-t", "t", "-p"]
        if styled:
            words.append("-e")
        if scrollback:
            words += ["-S", "-"]
        return self.tmux(*words).rstrip("\n")

    def lines(self):
        return [line.rstrip() for line in self.text().split("\n")]

    def last(self):
        """The last line that has something on it."""
        return next((line for line in reversed(self.lines()) if line), "")

    def pid(self):
        shell = self.tmux("display-message", "-t", "t", "-p", "#{pane_pid}").strip()
        return int(pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])

    def cursor(self):
        x, y = self.tmux("display-message", "-t", "t", "-p", "#{cursor_x} #{cursor_y}").split()
        return int(x), int(y)

    def status(self):
        """The exit status, waiting for the program to end."""
        self.until(lambda: self.left.exists() and self.left.read_text().endswith("\n"), "end")
        return int(self.left.read_text())

    def until(self, condition, what):
        """Waits for a condition and returns how long that took."""
        start = time.monotonic()
        while True:
            if condition():
                return time.monotonic() - start
            if time.monotonic() - start > PATIENCE:
                raise Missing(f"no {what}; the screen:\n{self.text()}")
            time.sleep(0.005)

    def until_without_screen(self, condition, what):
        """As `until`, of a terminal that is gone."""
        start = time.monotonic()
        while not condition():
            if time.monotonic() - start > PATIENCE:
                raise Missing(f"no {what}")
            time.sleep(0.005)

    def sees(self, text, scrollback=False):
        return self.until(lambda: text in self.text(scrollback=scrollback), repr(text))

    def sees_last(self, text):
        """Waits until the last line is this one."""
        return self.until(lambda: self.last() == text, f"last line {text!r}")

    def ready(self, count=None):
        """Waits for an empty prompt, the `count`th on the screen if given."""
        if count is None:
            return self.sees_last("tlx>")
        return self.until(
            lambda: self.last() == "tlx>" and sum(line.startswith("tlx>") for line in self.lines()) >= count,
            f"prompt number {count}",
        )

    def close(self):
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], capture_output=True)


class Place:
    """A folder for one test, and the screens that it opened."""

    def __init__(self, tlx):
        self.tlx = tlx
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="tlx-terminal-"))
        self.screens = []

    def prompt(self, *arguments, **options):
        screen = Screen([self.tlx, *arguments], self.home, **options)
        self.screens.append(screen)
        screen.ready()
        return screen

    def open(self, command, **options):
        screen = Screen(command, self.home, **options)
        self.screens.append(screen)
        return screen

    def run(self, *arguments, stdin=None, **options):
        """The program without a terminal."""
        return subprocess.run(
            [self.tlx, *arguments], input=stdin, stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True, text=True, cwd=self.home, timeout=PATIENCE * 4, **options,
        )  # fmt: skip

    def close(self):
        for screen in self.screens:
            screen.close()
        shutil.rmtree(self.home, ignore_errors=True)
