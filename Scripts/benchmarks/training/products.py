"""What no step of an MLP can do without: its matrix products and one pass of Adam over its parameters, in NumPy.

    .venv/bench/bin/python Scripts/benchmarks/training/products.py

The floor under the rows `digits` and `mlp`, with OpenBLAS on as many threads as it likes. Best of many, as a floor should be.
"""

import time

import numpy as np


def best(work, count=200):
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def products(widths, batch):
    """Forward, gradients of the weights, and gradients of what comes in but for the first layer."""
    generator = np.random.default_rng(1)
    made = lambda *shape: generator.standard_normal(shape, dtype=np.float32)
    total = 0.0
    for layer, (before, after) in enumerate(zip(widths, widths[1:])):
        x, w, g = made(batch, before), made(before, after), made(batch, after)
        y, dw, dx = made(batch, after), made(before, after), made(batch, before)
        total += best(lambda: np.matmul(x, w, out=y)) + best(lambda: np.matmul(x.T, g, out=dw))
        if layer:
            total += best(lambda: np.matmul(g, w.T, out=dx))
    return total


def adam(widths):
    """The least that Adam moves: weights, gradients and both moments are read, all but the gradients written."""
    count = sum(a * b + b for a, b in zip(widths, widths[1:]))
    arrays = [np.ones(count, np.float32) for _ in range(3)]
    gradient = np.ones(count, np.float32)
    return best(lambda: [np.add(a, gradient, out=a) for a in arrays])


for widths, batch in (([64, 128, 10], 64), ([784, 512, 256, 10], 128)):
    a, b = products(widths, batch), adam(widths)
    print(f"{'-'.join(map(str, widths))}, batch {batch}: products {a * 1e3:.3f} ms, one pass over the parameters {b * 1e3:.3f} ms")
