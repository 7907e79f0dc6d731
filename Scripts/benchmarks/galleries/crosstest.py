import time

import numpy

import nets

start = time.perf_counter()
(x, y), (test_x, test_y) = nets.digits(0.2)
results = []
for seed in range(4):
    generator = numpy.random.default_rng(seed)
    fresh = lambda: nets.Net((64, 64, 16), 10, generator)
    old = nets.train(fresh(), x[:224], y[:224], 204, generator)
    new = nets.train(fresh(), x, y, 51, generator)
    fitting = nets.train(fresh(), x, y, 51, generator, old_head=old.weights[-1])
    e = {name: net.embed(test_x) for name, net in (("old", old), ("new", new), ("fitting", fitting))}
    for a, b in (("old", "old"), ("new", "old"), ("new", "new"), ("fitting", "old"), ("fitting", "fitting")):
        results.append(nets.mean_average_precision(e[a], e[b], test_y))
    for name in ("new", "fitting"):
        order = generator.permutation(len(test_y))
        for step in range(1, 4):
            mixed = e["old"].copy()
            rows = order[:len(order) * step // 4]
            mixed[rows] = e[name][rows]
            results.append(nets.mean_average_precision(e[name], mixed, test_y))
print("seconds", time.perf_counter() - start)
print("old/old, new/old, new/new, fitting/old, fitting/fitting", numpy.round(numpy.reshape(results, (4, -1)).mean(0)[:5], 3))
