"""The work of retrain.tlx and frontier.tlx:   training.py numpy|torch retrain|frontier

NumPy: forward and backward passes and Adam by hand in float32, a net at a time. PyTorch: the usual loop, a net at a time,
one thread (more are slower at this size)."""

import pathlib
import sys
import time

import numpy

random = numpy.random.default_rng(1)
folder = pathlib.Path(__file__).resolve().parents[3] / "Datasets" / "digits"
pixels = numpy.load(folder / "x.npy").reshape(-1, 64).astype("float32") / 16
labels = numpy.load(folder / "y.npy").astype("int64")
pixels = (2 * pixels - 1 + 0.5 * random.standard_normal(pixels.shape)).astype("float32")
order = random.permutation(len(labels))
train_x, train_y = pixels[order[:800]], labels[order[:800]]
test_x, test_y = pixels[order[800:]], labels[order[800:]]
one_hot = numpy.eye(10, dtype="float32")


def softmax(z):
    e = numpy.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


class NumpyNet:
    def __init__(self, hidden):
        a, b = (6 / 64) ** 0.5, (3 / hidden) ** 0.5
        self.p = [
            random.uniform(-a, a, (64, hidden)).astype("float32"), numpy.zeros(hidden, "float32"),
            random.uniform(-b, b, (hidden, 10)).astype("float32"), numpy.zeros(10, "float32"),
        ]  # fmt: skip

    def logits(self, x):
        return numpy.maximum(x @ self.p[0] + self.p[1], 0) @ self.p[2] + self.p[3]

    def fit(self, x, y, epochs, gradient):
        """gradient(logits, rows): the derivative of the loss by the logits, divided by the batch."""
        m = [numpy.zeros_like(p) for p in self.p]
        v = [numpy.zeros_like(p) for p in self.p]
        step = 0
        for _ in range(epochs):
            order = random.permutation(len(y))
            for first in range(0, len(y), 64):
                rows = order[first : first + 64]
                batch = x[rows]
                h = numpy.maximum(batch @ self.p[0] + self.p[1], 0)
                dz = gradient(h @ self.p[2] + self.p[3], rows)
                dh = (dz @ self.p[2].T) * (h > 0)
                step += 1
                rate = 1e-3 * (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
                for k, g in enumerate((batch.T @ dh, dh.sum(0), h.T @ dz, dz.sum(0))):
                    m[k] += 0.1 * (g - m[k])
                    v[k] += 0.001 * (g * g - v[k])
                    self.p[k] -= rate * m[k] / (numpy.sqrt(v[k]) + 1e-8)
        return self


def numpy_gradient(y, ce=1.0, naive=None, distill=None, weight=0.0, focus=None):
    """ce: weight of the cross-entropy; naive: its weight for each row; distill: old logits, with weight and focus."""

    def gradient(z, rows):
        total = 0
        if ce:
            w = ce if naive is None else (ce + naive[rows])[:, None]
            total = w * (softmax(z) - one_hot[y[rows]])
        if distill is not None:
            d = weight * (z - distill[rows])
            total = total + (d if focus is None else focus[rows][:, None] * d)
        return total / numpy.float32(len(rows))

    return gradient


def numpy_fit(hidden, x, y, epochs, **loss):
    return NumpyNet(hidden).fit(x, y, epochs, numpy_gradient(y, **loss))


def torch_fit(hidden, x, y, epochs, ce=1.0, naive=None, distill=None, weight=0.0, focus=None):
    import torch

    torch.set_num_threads(1)
    net = torch.nn.Sequential(torch.nn.Linear(64, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    naive, distill, focus = (None if a is None else torch.from_numpy(a) for a in (naive, distill, focus))
    for _ in range(epochs):
        order = torch.randperm(len(y))
        for first in range(0, len(y), 64):
            rows = order[first : first + 64]
            optimizer.zero_grad()
            z = net(x[rows])
            loss = 0
            if ce:
                each = torch.nn.functional.cross_entropy(z, y[rows], reduction="none")
                loss = (each * (ce if naive is None else ce + naive[rows])).mean()
            if distill is not None:
                each = 0.5 * ((z - distill[rows]) ** 2).sum(1)
                loss = loss + weight * (each if focus is None else focus[rows] * each).mean()
            loss.backward()
            optimizer.step()
    net.logits = lambda rows: net(torch.from_numpy(rows)).detach().numpy()
    return net


fit = numpy_fit if sys.argv[1] == "numpy" else torch_fit


def nfr(before, after):
    return ((before.argmax(1) == test_y) & (after.argmax(1) != test_y)).mean()


def result(before, after):
    return numpy.mean([nfr(o.logits(test_x), s.logits(test_x)) for o, s in zip(before, after)])


def retrain():
    def fitted(losses):
        return [fit(10, train_x, train_y, 55, **loss) for loss in losses]

    before, after = fitted([{}] * 8), fitted([{}] * 8)
    old = [m.logits(train_x) for m in before]
    right = [(z.argmax(1) == train_y).astype("float32") for z in old]
    means = [numpy.mean([m.logits(train_x) for m in side], axis=0) for side in (before, after)]
    rows = [
        result(before, after),
        result(before, fitted([{"naive": r} for r in right])),
        result(before, fitted([{"distill": z, "weight": 0.02} for z in old])),
        result(before, fitted([{"distill": z, "weight": 0.02, "focus": r} for z, r in zip(old, right)])),
        result(before, fitted([{"distill": z, "weight": 0.003, "focus": 1 + 5 * r} for z, r in zip(old, right)])),
        result(before, fitted([{"ce": 0.0, "distill": z, "weight": 1.0} for z in old])),
        # ½ Σ doubled is what ELODI sums.
        result(*[fitted([{"distill": z, "weight": 0.1}] * 8) for z in means]),
    ]
    both = [numpy.mean([m.logits(test_x) for m in side], axis=0) for side in (before, after)]
    return rows + [nfr(*both)]


def frontier():
    olds = [fit(64, train_x[:400], train_y[:400], 103) for _ in range(8)]
    old = [m.logits(train_x) for m in olds]
    right = [(z.argmax(1) == train_y).astype("float32") for z in old]
    table = []
    for focused in (False, True):
        for weight in (0.001, 0.003, 0.01, 0.03, 0.1):
            news = [
                fit(64, train_x, train_y, 55, distill=z, weight=weight, focus=r if focused else None)
                for z, r in zip(old, right)
            ]
            table.append(result(olds, news))
    return table


start = time.perf_counter()
rows = {"retrain": retrain, "frontier": frontier}[sys.argv[2]]()
print(f"seconds {time.perf_counter() - start}")
print([round(float(value), 4) for value in rows])
