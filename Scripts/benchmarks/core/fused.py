import statistics
import time

import numpy

generator = numpy.random.default_rng(1)
a, b, c = (generator.random(10_000_000, dtype="float32") for _ in range(3))


def work():
    return numpy.sum((a * b + numpy.exp(-c)) ** 2)


work()
times = []
for _ in range(15):
    start = time.perf_counter()
    work()
    times.append(time.perf_counter() - start)
print(f"seconds {statistics.median(times)}")
