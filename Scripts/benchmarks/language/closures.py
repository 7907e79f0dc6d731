import time
def counter(step):
    total = 0
    def up():
        nonlocal total
        total += step
        return total
    return up
def f(n):
    up = counter(3)
    last = 0
    for i in range(n):
        shifted = lambda x: x + i
        last = shifted(up())
    return last
t = time.perf_counter(); f(1_000_000); print("seconds", time.perf_counter() - t)
