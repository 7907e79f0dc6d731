"""Ctrl-C inside every kind of operation: how long until the prompt is back, and whether the session goes on.

    Scripts/checks/interrupts.py TLX        (needs a terminal library only: Python's pty)

Each operation runs on data so large that it takes a second or more, is interrupted after 0.4 s, and must be left within
0.1 s (the bound is for a quiet machine; `--bound SECONDS` for another). Prints one line each; status 1 where one is late.
"""

import os
import pty
import select
import signal
import sys
import time

OPERATIONS = {
    "elementwise": ("[sum(exp(sin(a))) for i in range(200)]", "let a = normal(4000000)"),
    "lgamma": ("lgamma(a)", "let a = uniform(60000000)"),
    "softmax": ("[sum(softmax(a, axis=1)) for i in range(100)]", "let a = normal(2000, 4000, dtype=f32)"),
    "reduction": ("[sum(var(a, axis=0)) for i in range(200)]", "let a = normal(4000, 2000)"),
    "transpose": ("[sum(transpose(a) @ v) for i in range(100)]", "let a = normal(4000, 4000)\nlet v = ones(4000)"),
    "cumsum": ("[sum(cumsum(a)) for i in range(100)]", "let a = normal(20000000)"),
    "sort": ("sort(a)", "let a = normal(60000000)"),
    "argsort": ("argsort(a)", "let a = normal(20000000)"),
    "sort of rows": ("[sum(sort(a, axis=1)) for i in range(50)]", "let a = normal(40000, 200)"),
    "argmax": ("[sum(argmax(a, axis=0)) for i in range(200)]", "let a = normal(4000, 4000)"),
    "unique": ("unique(a)", "let a = normal(30000000)"),
    "histogram": ("histogram(a)", "let a = normal(60000000)"),
    "take": ("[sum(take(a, i)) for k in range(100)]", "let a = normal(10000000)\nlet i = randint(0, 10000000, shape=10000000)"),
    "gather": ("[sum(gather(a, i)) for k in range(100)]", "let a = normal(10000000)\nlet i = randint(0, 10000000, shape=10000000)"),
    "product": ("a @ a", "let a = normal(5000, 5000)"),
    "integer product": ("a @ a", "let a = randint(0, 9, shape=(2500, 2500))"),
    "solve": ("solve(a, b)", "let a = normal(6000, 6000)\nlet b = ones(6000)"),
    "svd": ("svd(a)", "let a = normal(1500, 1500)"),
    "eigh": ("eigh(a + a.T)", "let a = normal(2000, 2000)"),
    "eig": ("eig(a)", "let a = normal(1000, 1000)"),
    "qr": ("qr(a)", "let a = normal(4000, 4000)"),
    "cholesky": ("cholesky(a)", "let a = 1e5 * eye(8000)"),
    "expm": ("expm(a)", "let a = normal(1500, 1500)"),
    "pairwise": ("pairwise(a)", "let a = normal(6000, 200)"),
    "einsum": ('[sum(einsum("ij,jk,kl->il", a, a, a)) for i in range(20)]', "let a = normal(2500, 2500)"),
    "convolution": (
        "[sum(logits(net, x)) for i in range(50)]",
        "let x = normal(4000, 32, 32, 3, dtype=f32)\n"
        "let net = convnet([32, 32, 3], 10)"),
    "unique rows": ("unique(a, axis=0)", "let a = randint(0, 9, shape=(2000000, 4))"),
    "sparse solve": (
        'solve(s, b, method="gmres", preconditioner="none", tolerance=1e-15)',
        "let i = arange(1000000)\nlet b = sin(f64(i))\n"
        "let s = sparse(concat((i, i[1:], i[:-1])), concat((i, i[:-1], i[1:])), concat((full(1000000, 2.0), full(999999, -1.0), full(999999, -1.0))))"),
    "median": ("median(a)", "let a = normal(60000000)"),
    "gradient": ("[sum(grad(x -> sum(tanh(x)^2))(a)) for i in range(100)]", "let a = normal(10000000)"),
    "hessian": ("[sum(hessian(x -> sum(tanh(x))^2)(a)) for i in range(100)]", "let a = normal(4000)"),
    "loop of the language": ("while true { v = v * 0.999 + 0.1 }", "var v = ones(16)"),
}


class Session:
    def __init__(self, tlx):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.environ.update(TERM="dumb", NO_COLOR="1", HOME="/nonexistent")
            os.execv(tlx, [tlx])
        self.text = b""

    def send(self, text):
        os.write(self.terminal, text.encode())

    def expect(self, mark, seconds):
        """Seconds until the mark shows."""
        start = time.perf_counter()
        while mark not in self.text:
            left = seconds - (time.perf_counter() - start)
            if left <= 0 or not select.select([self.terminal], [], [], left)[0]:
                return None
            try:
                self.text += os.read(self.terminal, 65536)
            except OSError:
                return None
        took = time.perf_counter() - start
        self.text = self.text.split(mark, 1)[1]
        return took

    def end(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)


def attempt(tlx, work, setup):
    session = Session(tlx)
    try:
        for number, line in enumerate(setup.split("\n")):
            session.send(line + "\n")
            session.send(f"print(\"ready\" + \"{number}\")\n")
            if session.expect(f"ready{number}".encode(), 60) is None:
                return "was not ready", 0
        # The names are put together so that the echo of the line does not show them.
        session.send(f"{work};\n")
        time.sleep(0.4)
        session.text = b""
        while select.select([session.terminal], [], [], 0)[0]:
            if b"error" in os.read(session.terminal, 65536):
                return "failed by itself", 0
        session.send("\x03")
        took = session.expect(b"E0701", 20)
        if took is None:
            return "did not stop (or had ended already)", 0
        session.send("print(\"goes\" + \"on\")\n")
        if session.expect(b"goeson", 5) is None:
            return "stopped, but the session is gone", took
        return None, took
    finally:
        session.end()


def main():
    arguments = sys.argv[1:]
    bound = 0.1
    if "--bound" in arguments:
        place = arguments.index("--bound")
        bound = float(arguments[place + 1])
        del arguments[place:place + 2]
    tlx, *names = arguments
    late = 0
    for name, (work, setup) in OPERATIONS.items():
        if names and name not in names:
            continue
        problem, took = attempt(tlx, work, setup)
        late += problem is not None or took > bound
        print(f"{name:22} {problem or f'{took * 1000:.0f} ms'}", flush=True)
    sys.exit(1 if late else 0)


main()
