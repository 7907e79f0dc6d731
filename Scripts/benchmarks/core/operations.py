"""The table of operations that TLX and its peers are timed on, and the peers' side of it.

Run as a program, `operations.py PEER ROW` prints `seconds <median>`: data are made and the work is done once before.
"""

import statistics
import sys
import time

LARGE = 10_000_000
LANES = 65_536

# For each row: what the table calls it; the data (shape of normal f32 numbers by name); TLX's expression; the peers'
# expressions by peer, over their own arrays of the same names; how often one measurement repeats the expression.
ROWS = {
    "copy": dict(work="copy", data={"a": (LARGE,), "b": (LARGE,)}, numpy="np.copyto(b, a)"),
    "fused3": dict(
        work="`sum((a*b + exp(-c))^2)`, 1e7 f32", data={"a": (LARGE,), "b": (LARGE,), "c": (LARGE,)},
        tlx="sum((a * b + exp(-c))^2)",
        numpy="np.sum((a * b + np.exp(-c)) ** 2)",
        numexpr="ne.evaluate('sum((a * b + exp(-c)) ** 2)')",
        torch="((a * b + torch.exp(-c)) ** 2).sum()",
        jax="jnp.sum((a * b + jnp.exp(-c)) ** 2)"),
    "chain5": dict(
        work="chain of 5 operations, 1e7 f32", data={"a": (LARGE,), "b": (LARGE,)},
        tlx="abs((a + b) * a - b) * 0.5",
        numpy="np.abs((a + b) * a - b) * np.float32(0.5)",
        numexpr="ne.evaluate('abs((a + b) * a - b) * h')",
        torch="((a + b) * a - b).abs() * 0.5",
        jax="jnp.abs((a + b) * a - b) * 0.5"),
    "chain10": dict(
        work="chain of 10 operations, 1e7 f32", data={"a": (LARGE,), "b": (LARGE,)},
        tlx="tanh(sqrt(abs((a + b) * a - b) + 1.0) * 0.5 - a) * b + 2.0",
        numpy="np.tanh(np.sqrt(np.abs((a + b) * a - b) + np.float32(1)) * np.float32(0.5) - a) * b + np.float32(2)",
        numexpr="ne.evaluate('tanh(sqrt(abs((a + b) * a - b) + one) * h - a) * b + two')",
        torch="torch.tanh(torch.sqrt(((a + b) * a - b).abs() + 1.0) * 0.5 - a) * b + 2.0",
        jax="jnp.tanh(jnp.sqrt(jnp.abs((a + b) * a - b) + 1.0) * 0.5 - a) * b + 2.0"),
    "sine": dict(
        work="`sin(a)`, 1e7 f32", data={"a": (LARGE,)}, tlx="sin(a)", numpy="np.sin(a)",
        numexpr="ne.evaluate('sin(a)')", torch="torch.sin(a)", jax="jnp.sin(a)"),
    "softmax": dict(
        work="softmax of rows, 4096 × 4096 f32", data={"a": (4096, 4096)},
        tlx="softmax(a, axis=1)",
        numpy="(lambda e: e / e.sum(axis=1, keepdims=True))(np.exp(a - a.max(axis=1, keepdims=True)))",
        torch="torch.softmax(a, 1)", jax="jax.nn.softmax(a, axis=1)"),
    "layernorm": dict(
        work="layer norm of rows, 4096 × 1024 f32", data={"a": (4096, 1024), "g": (1024,), "h": (1024,)},
        tlx="(a - mean(a, axis=1, keepdims=true)) / sqrt(var(a, axis=1, keepdims=true) + 1e-5) * g + h",
        numpy="(a - a.mean(axis=1, keepdims=True)) / np.sqrt(a.var(axis=1, keepdims=True) + np.float32(1e-5)) * g + h",
        torch="torch.nn.functional.layer_norm(a, (1024,), g, h)",
        jax="(a - a.mean(axis=1, keepdims=True)) / jnp.sqrt(a.var(axis=1, keepdims=True) + 1e-5) * g + h"),
    "variance0": dict(
        work="`var(a, axis=0)`, 4096 × 4096 f32", data={"a": (4096, 4096)}, tlx="var(a, axis=0)",
        numpy="a.var(axis=0)", torch="a.var(0, correction=0)", jax="a.var(axis=0)"),
    "variance1": dict(
        work="`var(a, axis=1)`, 4096 × 4096 f32", data={"a": (4096, 4096)}, tlx="var(a, axis=1)",
        numpy="a.var(axis=1)", torch="a.var(1, correction=0)", jax="a.var(axis=1)"),
    "transpose": dict(
        work="copy of a transpose, 4096 × 4096 f32", data={"a": (4096, 4096)}, tlx="transpose(a)",
        numpy="np.ascontiguousarray(a.T)", torch="a.T.contiguous()", jax="a.T + 0"),
    "cumsum": dict(
        work="`cumsum(a)`, 1e7 f32", data={"a": (LARGE,)}, tlx="cumsum(a)",
        numpy="np.cumsum(a)", torch="torch.cumsum(a, 0)", jax="jnp.cumsum(a)"),
    "cumsum1": dict(
        work="`cumsum(a, axis=1)`, 4096 × 1024 f32", data={"a": (4096, 1024)}, tlx="cumsum(a, axis=1)",
        numpy="np.cumsum(a, axis=1)", torch="torch.cumsum(a, 1)", jax="jnp.cumsum(a, axis=1)"),
    "sort": dict(
        work="`sort(a)`, 1e6 f32", data={"a": (1_000_000,)}, tlx="sort(a)",
        numpy="np.sort(a)", torch="torch.sort(a).values", jax="jnp.sort(a)"),
    "sort1": dict(
        work="`sort(a, axis=1)`, 4096 × 256 f32", data={"a": (4096, 256)}, tlx="sort(a, axis=1)",
        numpy="np.sort(a, axis=1)", torch="torch.sort(a, 1).values", jax="jnp.sort(a, axis=1)"),
    "argsort": dict(
        work="`argsort(a)`, 1e6 f32, stable", data={"a": (1_000_000,)}, tlx="argsort(a)",
        numpy="np.argsort(a, kind='stable')", torch="torch.argsort(a, stable=True)", jax="jnp.argsort(a)"),
    "argmax": dict(
        work="`argmax(a, axis=1)`, 4096 × 4096 f32", data={"a": (4096, 4096)}, tlx="argmax(a, axis=1)",
        numpy="a.argmax(axis=1)", torch="a.argmax(1)", jax="a.argmax(axis=1)"),
    "argmax0": dict(
        work="`argmax(a, axis=0)`, 4096 × 4096 f32", data={"a": (4096, 4096)}, tlx="argmax(a, axis=0)",
        numpy="a.argmax(axis=0)", torch="a.argmax(0)", jax="a.argmax(axis=0)"),
    "small": dict(
        reach="≥ 3×",
        work="one step of a loop on 16 f64: `v = v * 0.5 + w`", data={"v": (16,), "w": (16,)}, dtype="f64",
        loop="v = v * 0.5 + w", numpy="", torch=""),
    "small5": dict(
        reach="≥ 3×",
        work="one step of a loop on 16 f64: `v = tanh(v * w + 1.0) - 0.5 * v`", data={"v": (16,), "w": (16,)},
        dtype="f64", loop="v = tanh(v * w + 1.0) - 0.5 * v",
        numpy="v = np.tanh(v * w + 1.0) - 0.5 * v", torch="v = torch.tanh(v * w + 1.0) - 0.5 * v"),
    "smallsum": dict(
        reach="≥ 3×",
        work="one step of a loop on 16 f64: `s += sum(v * w) / 2.0`", data={"v": (16,), "w": (16,)}, dtype="f64",
        loop="s += sum(v * w) / 2.0", numpy="s += np.sum(v * w) / 2.0", torch="s += torch.sum(v * w) / 2.0"),
    "scalar": dict(
        reach="≥ 3×",
        work="one step of a loop on a scalar tensor: `s = s * 0.999 + v[3]`", data={"v": (16,), "w": (16,)},
        dtype="f64", loop="s = s * 0.999 + v[3]", numpy="", torch=""),
    "solve": dict(
        work="`solve`, 1000 × 1000 f64", data={"a": (1000, 1000), "b": (1000,)}, dtype="f64", tlx="solve(a, b)",
        numpy="np.linalg.solve(a, b)"),
    "svd": dict(
        work="`svd`, 1000 × 1000 f64", data={"a": (1000, 1000)}, dtype="f64", tlx="svd(a)",
        numpy="np.linalg.svd(a, full_matrices=False)"),
    "eigh": dict(
        work="`eigh`, 1000 × 1000 f64", data={"a": (1000, 1000)}, dtype="f64", tlx="eigh(a)", tlx_setup="a = a + a.T",
        numpy_setup="a = a + a.T", numpy="np.linalg.eigh(a)"),
}
STEPS = 20_000


def program(name, repeat):
    """TLX's side of a row."""
    row = ROWS[name]
    dtype = row.get("dtype", "f32")
    lines = ["seed(1)"]
    for key, shape in row["data"].items():
        lines.append(f"var {key} = normal({', '.join(map(str, shape))}, dtype={dtype})")
    lines.append(row.get("tlx_setup", ""))
    if "loop" in row:
        lines += [f"fn work() {{\n  var v = v\n  var s = 0.0\n  for i in range({STEPS}) {{ {row['loop']} }}\n  (v, s)\n}}"]
        count = STEPS
    else:
        lines += [f"fn work() = {row['tlx']}"]
        count = 1
    lines += ["work();", f'print("seconds {{time(work, repeat={repeat}).seconds / {count}}}")']
    return "\n".join(lines)


def peers(name):
    return [peer for peer in ("numpy", "numexpr", "torch", "jax") if peer in ROWS[name]]


def work(name, peer):
    import numpy as np

    row = ROWS[name]
    generator = np.random.default_rng(1)
    dtype = "float32" if row.get("dtype", "f32") == "f32" else "float64"
    scope = {key: generator.standard_normal(shape).astype(dtype) for key, shape in row["data"].items()}
    scope |= {"np": np}
    exec(row.get("numpy_setup", ""), scope)
    if peer == "numexpr":
        import numexpr
        scope |= {"ne": numexpr, "h": np.float32(0.5), "one": np.float32(1), "two": np.float32(2)}
    if peer == "torch":
        import torch
        scope |= {key: torch.from_numpy(scope[key]) for key in row["data"]} | {"torch": torch}
    if "loop" in row:
        source = row[peer] or row["loop"]
        exec(f"def work(v=v, w=w):\n  s = 0.0\n  for i in range({STEPS}):\n    {source}\n  return v, s", scope)
        return scope["work"], STEPS
    if peer == "jax":
        import jax
        import jax.numpy as jnp
        names = list(row["data"])
        exec(f"def function({', '.join(names)}): return {row['jax']}", scope | {"jax": jax, "jnp": jnp}, space := {})
        compiled = jax.jit(space["function"])
        arguments = [jnp.asarray(scope[key]) for key in names]
        return (lambda: compiled(*arguments).block_until_ready()), 1
    return eval(f"lambda: {row[peer]}", scope), 1


def main():
    peer, name = sys.argv[1:3]
    repeat = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    function, count = work(name, peer)
    function()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    print(f"seconds {statistics.median(times) / count}")


if __name__ == "__main__":
    main()
