"""Training: steps of networks, and gradients of single examples."""

import importlib.util
import pathlib

from harness import PYTHON, in_turn, inner_seconds, line

HERE = pathlib.Path(__file__).parent


def against(tlx, text, reach, work, libraries=("torch",), times=5, file=None, count=1):
    """A row for each library that is installed: TLX and the library in turn. `count` divides what is shown."""
    for library in libraries:
        if importlib.util.find_spec(library) is None:
            print(f"| {text} | | | | {reach} | {library} is not installed |")
            continue
        a, b = in_turn(
            lambda: inner_seconds([tlx, file or HERE / f"{work}.tlx"])[0] / count,
            lambda: inner_seconds([PYTHON, HERE / "peer.py", work, library])[0] / count, times)
        line(text, a, b, reach, f"peer: {'PyTorch' if library == 'torch' else 'JAX jit'}")


def bench_digits(tlx):
    file = HERE.parent / "core" / "train.tlx"
    against(tlx, "a step of 64-128-10 on digits, batch 64", "≥ 8×", "digits", ("jax",), file=file, count=30 * 29)


def bench_mlp(tlx):
    against(
        tlx, "a step of 784-512-256-10 on fashion2k, batch 128", "≥ 1.2×", "mlp", ("torch", "jax"), count=10 * 16)


def bench_convnet(tlx):
    against(
        tlx, "a step of a convnet (2 convolutions, 2 pools, 2 dense) on fashion2k, batch 128", "≥ 1.0×", "convnet",
        count=3 * 16)


def bench_transformer(tlx):
    against(
        tlx, "a step of a transformer encoder, 4 layers, width 128, 64 positions, batch 32", "≥ 1.0×", "transformer",
        count=2 * 16)


def bench_per_example(tlx):
    against(
        tlx, "`vmap(grad)` of 64-128-10, 1000 examples", "≥ 1.5×", "per_example", ("torch", "jax"))
