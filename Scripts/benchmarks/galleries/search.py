import time

import numpy

import nets

SPACE = ((4,), (8,), (8, 8), (16,), (16, 16), (24, 6), (6, 24), (32,))
start = time.perf_counter()
(x, y), (test_x, test_y) = nets.digits(0.15)
generator = numpy.random.default_rng(1)
big = nets.train(nets.Net((64, 256, 16), 10, generator), x, y, 50, generator)
gallery = big.embed(test_x)
table = []
for hidden in SPACE:
    row = []
    for seed in range(2):
        for old_head in (None, big.weights[-1]):
            own = numpy.random.default_rng(seed)
            net = nets.train(nets.Net((64, *hidden, 16), 10, own), x, y, 50, own, old_head=old_head)
            e = net.embed(test_x)
            row += [nets.mean_average_precision(e, gallery, test_y), nets.mean_average_precision(e, e, test_y)]
    table.append(numpy.reshape(row, (2, 4)).mean(0))
print("seconds", time.perf_counter() - start)
print("alone, alone homo, hetero, homo\n", numpy.round(table, 3))
