import time
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
t = time.perf_counter(); assert fib(30) == 832040; print("seconds", time.perf_counter() - t)
