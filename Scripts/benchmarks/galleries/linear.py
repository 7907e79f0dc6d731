import time

import numpy

import nets

SIZES, SLOPE, L2, TARGET = (64, 64, 32, 5), 0.2, 3.0, 15.0


def fresh(generator):
    weights = []
    for layer, (n, m) in enumerate(zip(SIZES, SIZES[1:])):
        bound = ((6 if layer < 2 else 3) / n) ** 0.5
        weights.append((generator.uniform(-bound, bound, (n, m)), numpy.zeros(m)))
    return weights


def trace(weights, x):
    reads, slopes = [], []
    for layer, (w, b) in enumerate(weights):
        reads.append(x)
        x = x @ w + b
        if layer < len(weights) - 1:
            slopes.append(numpy.where(x > 0, 1.0, SLOPE))
            x = x * slopes[-1]
    return x, reads, slopes


def jacobian(weights, x):
    """[rows · outputs, weights], all rows at once."""
    logits, reads, slopes = trace(weights, x)
    n, k = logits.shape
    delta = numpy.broadcast_to(numpy.eye(k), (n, k, k))
    parts = []
    for layer in reversed(range(len(weights))):
        parts.append(delta.reshape(n * k, -1))
        parts.append((reads[layer][:, None, :, None] * delta[:, :, None, :]).reshape(n * k, -1))
        if layer:
            delta = (delta @ weights[layer][0].T) * slopes[layer - 1][:, None, :]
    return numpy.concatenate(parts[::-1], axis=1), logits


start = time.perf_counter()
(x, y), (test_x, test_y) = nets.digits(0.0)
x, y = x[y >= 5].astype("float64"), y[y >= 5] - 5
test_x, test_y = test_x[test_y >= 5].astype("float64"), test_y[test_y >= 5] - 5
generator = numpy.random.default_rng(1)
for count in (2, 5, 20, 50):
    right, left_out = [], []
    for _ in range(3):
        order = generator.permutation(len(y))
        rows = numpy.concatenate([order[y[order] == c][:count] for c in range(5)])
        weights = fresh(generator)
        j, logits = jacobian(weights, x[rows])
        target = TARGET * numpy.eye(5)[y[rows]]
        kernel = j @ j.T
        inverse = numpy.linalg.inv(kernel + L2 * numpy.eye(len(kernel)))
        alpha = inverse @ (target - logits).ravel()
        values = numpy.linalg.eigvalsh(kernel)
        condition = (values[-1] + L2) / (max(values[0], 0) + L2)
        delta = j.T @ alpha
        test_j, test_logits = jacobian(weights, test_x)
        predictions = test_logits + (test_j @ delta).reshape(len(test_x), 5)
        right.append((predictions.argmax(1) == test_y).mean())
        n = len(rows)
        blocks = inverse.reshape(n, 5, n, 5)[numpy.arange(n), :, numpy.arange(n), :]
        loo = target - numpy.linalg.solve(blocks, alpha.reshape(n, 5, 1))[..., 0]
        left_out.append((loo.argmax(1) == y[rows]).mean())
    print(count, round(numpy.mean(right), 3), round(numpy.mean(left_out), 3), f"{condition:.3g}")
print("seconds", time.perf_counter() - start)
