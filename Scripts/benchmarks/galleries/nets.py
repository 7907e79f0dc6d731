"""Small nets in NumPy with gradients by hand: what the rows of this folder are compared with."""

import pathlib

import numpy

SCALE = numpy.float32(12)


def digits(noise, seed=0):
    """Half of the digits for training, half for queries and gallery, with noise."""
    data = pathlib.Path(__file__).resolve().parents[3] / "Datasets" / "digits"
    x = numpy.load(data / "x.npy").reshape(-1, 64).astype("float32") / 16
    y = numpy.load(data / "y.npy").astype("int64")
    generator = numpy.random.default_rng(seed)
    x = x + numpy.float32(noise) * generator.standard_normal(x.shape, dtype="float32")
    order = generator.permutation(len(x))
    half = len(x) // 2
    return (x[order[:half]], y[order[:half]]), (x[order[half:]], y[order[half:]])


class Net:
    """Dense layers with ReLU between, the last of them linear: the embedding; then cosines to class weights."""

    def __init__(self, sizes, classes, generator):
        uniform = lambda bound, shape: generator.uniform(-bound, bound, shape).astype("float32")
        self.weights = []
        for layer, (n, m) in enumerate(zip(sizes, sizes[1:])):
            gain = 6 if layer < len(sizes) - 2 else 3
            self.weights += [uniform((gain / n) ** 0.5, (n, m)), numpy.zeros(m, "float32")]
        self.weights.append(uniform((3 / sizes[-1]) ** 0.5, (sizes[-1], classes)))

    def embed(self, x, trace=None):
        count = (len(self.weights) - 1) // 2
        for layer in range(count):
            if trace is not None:
                trace.append(x)
            x = x @ self.weights[2 * layer] + self.weights[2 * layer + 1]
            if layer < count - 1:
                x = numpy.maximum(x, 0)
        return x

    def gradients(self, x, y, old_head=None):
        """Of the mean cross-entropy, with a frozen head also that of its scores."""
        trace = []
        embedding = self.embed(x, trace)
        delta, head = cosine_gradients(embedding, self.weights[-1], y)
        if old_head is not None:
            delta = delta + cosine_gradients(embedding, old_head, y)[0]
        gradients = [head]
        for layer in reversed(range(len(trace))):
            gradients += [delta.sum(0), trace[layer].T @ delta]
            if layer:
                delta = (delta @ self.weights[2 * layer].T) * (trace[layer] > 0)
        return gradients[::-1]


def cosine_gradients(embedding, weight, y):
    lengths = numpy.linalg.norm(embedding, axis=1, keepdims=True) + numpy.float32(1e-12)
    norms = numpy.linalg.norm(weight, axis=0, keepdims=True) + numpy.float32(1e-12)
    unit, directions = embedding / lengths, weight / norms
    scores = SCALE * (unit @ directions)
    scores -= scores.max(1, keepdims=True)
    p = numpy.exp(scores)
    p /= p.sum(1, keepdims=True)
    p[numpy.arange(len(y)), y] -= 1
    p *= SCALE / numpy.float32(len(y))
    by_unit, by_direction = p @ directions.T, unit.T @ p
    by_embedding = (by_unit - unit * (by_unit * unit).sum(1, keepdims=True)) / lengths
    by_weight = (by_direction - directions * (by_direction * directions).sum(0, keepdims=True)) / norms
    return by_embedding, by_weight


def train(net, x, y, epochs, generator, rate=3e-3, old_head=None, batch=64):
    first = [numpy.zeros_like(w) for w in net.weights]
    second = [numpy.zeros_like(w) for w in net.weights]
    step = 0
    for _ in range(epochs):
        order = generator.permutation(len(x))
        for start in range(0, len(x), batch):
            rows = order[start:start + batch]
            step += 1
            a, b = numpy.float32(rate * (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)), numpy.float32(1e-8)
            for w, g, m, v in zip(net.weights, net.gradients(x[rows], y[rows], old_head), first, second):
                m *= numpy.float32(0.9)
                m += numpy.float32(0.1) * g
                v *= numpy.float32(0.999)
                v += numpy.float32(0.001) * g * g
                w -= a * m / (numpy.sqrt(v) + b)
    return net


def unit(x):
    return x / numpy.maximum(numpy.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def mean_average_precision(queries, gallery, y):
    """Of a set against itself: no query finds its own row."""
    scores = unit(queries) @ unit(gallery).T
    numpy.fill_diagonal(scores, -numpy.inf)
    order = numpy.argsort(-scores, axis=1, kind="stable")[:, :-1]
    right = y[order] == y[:, None]
    precision = numpy.cumsum(right, 1) / numpy.arange(1, right.shape[1] + 1)
    return float(((precision * right).sum(1) / right.sum(1)).mean())
