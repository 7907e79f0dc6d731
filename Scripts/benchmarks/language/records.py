import time
class P: pass
def f(n):
    p = {"x": 0.0, "y": 0.0, "steps": 0}
    for i in range(n):
        p["x"] = p["x"] + 1.5
        p["y"] = p["y"] - p["x"] * 0.001
        p["steps"] += 1
    return p
t = time.perf_counter(); f(1_000_000); print("seconds", time.perf_counter() - t)
