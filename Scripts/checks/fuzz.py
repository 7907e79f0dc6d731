"""Random tensor programs, 20 operations deep, run in four ways that must agree.

    Scripts/checks/fuzz.py TLX [PROGRAMS] [FIRST_SEED]        (needs numpy)

Each program runs statement by statement (every step by itself) and as one graph (fused, since what a transform
follows is not computed before its end), both on one thread and on two, and in NumPy. Fused and unfused results agree to rounding,
threads to the last bit, NumPy to rounding. Prints the seeds of programs that do not agree, and leaves with status 1.
"""

import os
import random
import subprocess
import sys
import tempfile

import numpy as np

DEPTH = 20
BATCH = 200
TOLERANCE = 1e-8


def softmax(x, axis):
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def logsumexp(x, axis):
    top = x.max(axis=axis, keepdims=True)
    return (np.log(np.exp(x - top).sum(axis=axis, keepdims=True)) + top).squeeze(axis)


class Writer:
    """Grows one program in the language and evaluates it in NumPy as it grows."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seed = seed
        self.values = []
        self.lines = []
        rows = self.random.randint(1, 6)
        columns = self.random.randint(300, 1500) if self.random.random() < 0.15 else self.random.randint(1, 9)
        if self.random.random() < 0.1:
            rows = self.random.randint(30, 90)
        self.inputs = []
        for index, shape in enumerate([(rows, columns), (rows, columns), (columns,), (rows, 1)]):
            count = int(np.prod(shape))
            offset = seed * 104729 + index * 31
            numbers = ((np.arange(count) * 7919 + offset) % 2003) / 1000.0 - 1.0
            self.values.append(numbers.reshape(shape))
            self.inputs.append(
                f"reshape(((arange({count}) * 7919 + {offset}) % 2003) / 1000.0 - 1.0, {', '.join(map(str, shape))})")

    def partner(self, x):
        """Another value that meets x under the language's guard."""
        def fits(y):
            if y.shape == x.shape or y.ndim == 0:
                return True
            if y.ndim < x.ndim:
                return x.shape[x.ndim - y.ndim:] == y.shape
            return y.ndim == x.ndim and all(a == b or b == 1 for a, b in zip(x.shape, y.shape))
        return self.random.choice([i for i, y in enumerate(self.values) if fits(y)])

    def step(self):
        r = self.random
        i = r.randrange(len(self.values)) if r.random() < 0.5 else r.randrange(max(0, len(self.values) - 4), len(self.values))
        x, name = self.values[i], f"v{i}"
        j = self.partner(x)
        y, other = self.values[j], f"v{j}"
        axis = r.randrange(x.ndim) if x.ndim else 0
        keep = r.random() < 0.5
        flag = "true" if keep else "false"
        choices = [
            (f"{name} + {other}", lambda: x + y), (f"{name} - {other}", lambda: x - y),
            (f"clip({name} * {other}, min=-3, max=3)", lambda: np.clip(x * y, -3, 3)),
            (f"maximum({name}, {other})", lambda: np.maximum(x, y)), (f"minimum({name}, {other})", lambda: np.minimum(x, y)),
            (f"tanh({name})", lambda: np.tanh(x)), (f"sin({name})", lambda: np.sin(x)), (f"cos({name})", lambda: np.cos(x)),
            (f"exp(clip({name}, min=-2, max=2))", lambda: np.exp(np.clip(x, -2, 2))),
            (f"sqrt(abs({name}) + 1.0)", lambda: np.sqrt(np.abs(x) + 1)),
            (f"{name} / (1.0 + {name}^2)", lambda: x / (1 + x**2)),
            (f"where({name} > 0.0, {name}, 0.25 * {name})", lambda: np.where(x > 0, x, 0.25 * x)),
            (f"log1p(abs({name}))", lambda: np.log1p(np.abs(x))),
            (f"flatten({name})", lambda: x.ravel()), (f"mean({name})", lambda: np.asarray(x.mean())),
        ]
        if x.ndim:
            n = x.shape[axis]
            choices += [
                (f"mean({name}, axis={axis}, keepdims={flag})", lambda: x.mean(axis=axis, keepdims=keep)),
                (f"max({name}, axis={axis}, keepdims={flag})", lambda: x.max(axis=axis, keepdims=keep)),
                (f"min({name}, axis={axis}, keepdims={flag})", lambda: x.min(axis=axis, keepdims=keep)),
                (f"var({name}, axis={axis}, keepdims={flag})", lambda: x.var(axis=axis, keepdims=keep)),
                (f"tanh(sum({name}, axis={axis}, keepdims={flag}))", lambda: np.tanh(x.sum(axis=axis, keepdims=keep))),
                (f"logsumexp({name}, axis={axis})", lambda: logsumexp(x, axis)),
                (f"softmax({name}, axis={axis})", lambda: softmax(x, axis)),
                (f"tanh(cumsum({name}, axis={axis}))", lambda: np.tanh(np.cumsum(x, axis=axis))),
                (f"sort({name}, axis={axis})", lambda: np.sort(x, axis=axis)),
                (f"flip({name}, axis={axis})", lambda: np.flip(x, axis)),
                (f"roll({name}, 2, axis={axis})", lambda: np.roll(x, 2, axis)),
                (f"median({name}, axis={axis}, keepdims={flag})", lambda: np.median(x, axis=axis, keepdims=keep)),
                (f"take({name}, [0, {n - 1}], axis={axis})", lambda: np.take(x, [0, n - 1], axis=axis)),
                (f"concat(({name}, 0.5 * {name}), axis={axis})", lambda: np.concatenate([x, 0.5 * x], axis=axis)),
            ]
            if n > 1:
                places = ", ".join([":"] * axis + [f"1:{n}"])
                step = ", ".join([":"] * axis + ["::2"])
                index = (slice(None),) * axis
                choices += [(f"{name}[{places}]", lambda: x[index + (slice(1, n),)]),
                            (f"{name}[{step}]", lambda: x[index + (slice(None, None, 2),)])]
        if x.ndim == 2:
            choices += [(f"{name}.T", lambda: x.T), (f"tanh({name} @ {name}.T)", lambda: np.tanh(x @ x.T)),
                        (f"{name}[:, new, :]", lambda: x[:, None, :])]
        text, function = r.choice(choices)
        value = np.asarray(function())
        if value.ndim > 4 or value.size > 150_000:
            return False
        self.lines.append(f"  let v{len(self.values)} = {text}")
        self.values.append(value)
        return True

    def write(self):
        grown = 0
        while grown < DEPTH:
            grown += self.step()
        used = [len(self.values) - 1 - k for k in range(3)]
        checks = [f"sum(flatten(v{k}) * cos(arange({self.values[k].size}) * 0.37))" for k in used]
        expected = [float((v.ravel() * np.cos(np.arange(v.size) * 0.37)).sum()) for v in (self.values[k] for k in used)]
        scales = [float(np.abs(self.values[k]).sum()) for k in used]
        head = ", ".join(f"v{k}" for k in range(4))
        body = "\n".join(self.lines)
        code = (f"fn p{self.seed}({head}) {{\n{body}\n  ({', '.join(checks)})\n}}\n"
                f"fn run{self.seed}() {{\n  let args = ({', '.join(self.inputs)})\n"
                f"  let apart = p{self.seed}(args[0], args[1], args[2], args[3])\n"
                f"  let fused = vjp(a -> p{self.seed}(a[0], a[1], a[2], a[3]), args).value\n"
                f'  print("{self.seed} {{apart[0]:.17g}} {{apart[1]:.17g}} {{apart[2]:.17g}} '
                f'{{fused[0]:.17g}} {{fused[1]:.17g}} {{fused[2]:.17g}}")\n}}\n'
                f"run{self.seed}()\n")
        return code, expected, scales


def main():
    tlx = sys.argv[1]
    programs = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    wrong = []
    for start in range(first, first + programs, BATCH):
        seeds = range(start, min(start + BATCH, first + programs))
        written = {seed: Writer(seed).write() for seed in seeds}
        with tempfile.NamedTemporaryFile("w", suffix=".tlx") as file:
            file.write("".join(code for code, _, _ in written.values()))
            file.flush()
            texts = []
            for threads in ("1", "2"):
                done = subprocess.run([tlx, file.name], env=dict(os.environ, TLX_THREADS=threads), text=True, capture_output=True)
                if done.returncode != 0:
                    sys.exit(f"seeds {seeds.start} to {seeds.stop - 1}: {done.stderr}")
                texts.append(done.stdout.splitlines())
        for one, two in zip(*texts):
            seed, *numbers = one.split()
            numbers = [float(x) for x in numbers]
            _, expected, scales = written[int(seed)]
            def off(found):
                return max(abs(a - b) / max(1.0, s) for a, b, s in zip(found, expected, scales))
            if one != two or not off(numbers[:3]) <= TOLERANCE or not off(numbers[3:]) <= TOLERANCE:
                wrong.append(int(seed))
                print(f"seed {seed}: threads {'agree' if one == two else 'differ'}, apart off by {off(numbers[:3]):.2g}, "
                      f"fused off by {off(numbers[3:]):.2g}", flush=True)
        print(f"{seeds.stop - first} programs, {len(wrong)} wrong", flush=True)
    sys.exit(1 if wrong else 0)


main()
