"""What LAPACK itself takes, called from here without TLX: the same routine in the system's OpenBLAS and in NumPy's own.

    .venv/bench/bin/python Scripts/benchmarks/core/lapack.py [ORDER]        (needs NumPy and libopenblas0)

For `gesv`, `gesdd`, `syevd`: milliseconds (best of five) with one thread and with all processors', and the version and kernel
of each library.
"""

import ctypes
import glob
import os
import pathlib
import sys
import time

import numpy as np

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
REPEATS = 5


class Library:
    """An OpenBLAS, by its file; `name` writes a routine's name as the file does, `integer` is its size of integers."""

    def __init__(self, title, path, name, integer):
        self.title, self.name, self.integer = title, name, integer
        self.file = ctypes.CDLL(path)
        self.set_threads = self.function("openblas_set_num_threads", plain=True)

    def function(self, routine, plain=False):
        return getattr(self.file, self.name(routine, plain))

    def describe(self):
        config = self.function("openblas_get_config", plain=True)
        config.restype = ctypes.c_char_p
        core = self.function("openblas_get_corename", plain=True)
        core.restype = ctypes.c_char_p
        return f"{self.title}: {config().decode()}, kernel {core().decode()}"

    def run(self, routine, *arguments):
        """Calls a Fortran routine: arrays by address, integers and characters by pointer."""
        passed = []
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                passed.append(ctypes.c_void_p(argument.ctypes.data))
            elif isinstance(argument, str):
                passed.append(ctypes.c_char_p(argument.encode()))
            else:
                passed.append(ctypes.byref(self.integer(argument)))
        info = self.integer(0)
        self.function(routine)(*passed, ctypes.byref(info))
        assert info.value == 0, (routine, info.value)

    def integers(self, count):
        return np.zeros(count, dtype=np.int64 if self.integer is ctypes.c_int64 else np.int32)


def gesv(library, a):
    pivots, b = library.integers(N), np.ones(N)
    return lambda: library.run("dgesv_", N, 1, a.copy(), N, pivots, b.copy(), N)


def gesdd(library, a):
    s, u, v = np.zeros(N), np.zeros((N, N)), np.zeros((N, N))
    size = 4 * N * N + 70 * N
    work, integers = np.zeros(size), library.integers(8 * N)
    return lambda: library.run("dgesdd_", "S", N, N, a.copy(), N, s, u, N, v, N, work, size, integers)


def syevd(library, a):
    symmetric, w = a + a.T, np.zeros(N)
    size, whole = 1 + 70 * N + 2 * N * N, 3 + 5 * N
    work, integers = np.zeros(size), library.integers(whole)
    return lambda: library.run("dsyevd_", "V", "U", N, symmetric.copy(), N, w, work, size, integers, whole)


def best(call):
    call()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times) * 1e3


def libraries():
    yield Library("system", "libopenblas.so.0", lambda name, plain: name, ctypes.c_int32)
    own = glob.glob(str(pathlib.Path(np.__file__).parent.parent / "numpy.libs" / "libscipy_openblas64_*.so"))
    if own:
        suffix = lambda name, plain: f"scipy_{name}64_"
        yield Library("NumPy", own[0], suffix, ctypes.c_int64)


def main():
    a = np.random.default_rng(1).standard_normal((N, N))
    count = len(os.sched_getaffinity(0))
    for library in libraries():
        print(library.describe())
        for make in (gesv, gesdd, syevd):
            call = make(library, a)
            for threads in sorted({1, count}):
                library.set_threads(threads)
                print(f"  {make.__name__:6} {N}, {threads} thread{'s' if threads > 1 else ''}: {best(call):8.1f} ms", flush=True)


main()
