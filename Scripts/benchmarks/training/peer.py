"""The work of the .tlx files beside this one, in PyTorch or JAX: peer.py WORK LIBRARY [threads]."""

import pathlib
import statistics
import sys
import time

import numpy

WORK, LIBRARY = sys.argv[1:3]
THREADS = int(sys.argv[3]) if len(sys.argv) > 3 else None
DATA = pathlib.Path(__file__).resolve().parents[3] / "Datasets"


def images(name, size, scale):
    x = numpy.load(DATA / name / "x.npy").reshape(-1, size).astype("float32") / scale
    return x, numpy.load(DATA / name / "y.npy").astype("int64")


def torch_network():
    from torch import nn

    if WORK == "mlp":
        return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))
    if WORK == "convnet":
        return nn.Sequential(
            nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(),
            nn.Linear(128, 10))

    class Classifier(nn.Module):
        def __init__(self):
            super().__init__()
            self.start = nn.Linear(16, 128)
            import torch

            self.positions = nn.Parameter(torch.randn(64, 128) * 0.02)
            self.blocks = nn.Sequential(*[
                nn.TransformerEncoderLayer(
                    128, 4, 512, dropout=0.0, activation="gelu", batch_first=True, norm_first=True) for _ in range(4)])
            self.norm, self.head = nn.LayerNorm(128), nn.Linear(128, 10)

        def forward(self, x):
            return self.head(self.norm(self.blocks(self.start(x) + self.positions)).mean(1))

    return Classifier()


def torch_training(x, y, epochs, batch):
    import torch

    torch.manual_seed(1)
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    model = torch_network()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    start = time.perf_counter()
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for first in range(0, len(x), batch):
            rows = order[first:first + batch]
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
    return time.perf_counter() - start


def jax_training(sizes, x, y, epochs, batch):
    import jax
    import jax.numpy as jnp

    generator = numpy.random.default_rng(1)
    parameters = [(jnp.asarray(generator.standard_normal((a, b)).astype("float32") * (2 / a)**0.5), jnp.zeros(b))
                  for a, b in zip(sizes, sizes[1:])]

    def loss(parameters, x, y):
        for w, b in parameters[:-1]:
            x = jax.nn.relu(x @ w + b)
        z = x @ parameters[-1][0] + parameters[-1][1]
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], 1))

    @jax.jit
    def step(parameters, m, v, t, x, y):
        g = jax.grad(loss)(parameters, x, y)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        move = lambda p, m, v: p - 1e-3 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)
        return jax.tree.map(move, parameters, m, v), m, v

    m = jax.tree.map(jnp.zeros_like, parameters)
    v = jax.tree.map(jnp.zeros_like, parameters)
    # Compiling is not counted: both sizes of batch first.
    for rows in {batch, len(x) % batch} - {0}:
        jax.block_until_ready(step(parameters, m, v, 1.0, x[:rows], y[:rows]))
    start, t = time.perf_counter(), 0.0
    for _ in range(epochs):
        order = generator.permutation(len(x))
        for first in range(0, len(x), batch):
            rows, t = order[first:first + batch], t + 1
            parameters, m, v = step(parameters, m, v, t, x[rows], y[rows])
    jax.block_until_ready(parameters)
    return time.perf_counter() - start


def torch_per_example(x, y):
    import torch
    from torch.func import functional_call, grad, vmap

    x, y = torch.from_numpy(x), torch.from_numpy(y)
    model = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    parameters = {name: value.detach() for name, value in model.named_parameters()}

    def loss(parameters, x, y):
        return torch.nn.functional.cross_entropy(functional_call(model, parameters, (x[None],)), y[None])

    gradients = vmap(grad(loss), in_dims=(None, 0, 0))
    return lambda: gradients(parameters, x, y)


def jax_per_example(x, y):
    import jax
    import jax.numpy as jnp

    generator = numpy.random.default_rng(1)
    draw = lambda a, b: jnp.asarray(generator.standard_normal((a, b)).astype("float32") * (2 / a)**0.5)
    parameters = (draw(64, 128), jnp.zeros(128), draw(128, 10), jnp.zeros(10))

    def loss(p, x, y):
        z = jax.nn.relu(x @ p[0] + p[1]) @ p[2] + p[3]
        return jax.nn.logsumexp(z) - z[y]

    gradients = jax.jit(jax.vmap(jax.grad(loss), in_axes=(None, 0, 0)))
    x, y = jnp.asarray(x), jnp.asarray(y)
    return lambda: jax.block_until_ready(gradients(parameters, x, y))


def median(f, repeats):
    f()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        f()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    if LIBRARY == "torch" and THREADS:
        import torch

        torch.set_num_threads(THREADS)
    if WORK == "per_example":
        x, y = images("digits", 64, 16)
        make = torch_per_example if LIBRARY == "torch" else jax_per_example
        return median(make(x[:1000], y[:1000]), 21)
    if WORK == "digits":
        x, y = images("digits", 64, 16)
        return jax_training([64, 128, 10], x, y, 30, 64)
    if WORK == "transformer":
        generator = numpy.random.default_rng(1)
        x = generator.standard_normal((512, 64, 16)).astype("float32")
        return torch_training(x, generator.integers(0, 10, 512), 2, 32)
    x, y = images("fashion2k", 784, 255)
    if LIBRARY == "jax":
        return jax_training([784, 512, 256, 10], x, y, 10, 128)
    return torch_training(x, y, 10 if WORK == "mlp" else 3, 128)


print(f"seconds {main()}")
