import time
def f(n):
    count = 0
    for i in range(n):
        for j in range(n):
            if (i * j) % 7 == 3: count += 1
    return count
t = time.perf_counter(); f(2000); print("seconds", time.perf_counter() - t)
