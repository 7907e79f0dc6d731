"""absorb.py FOLDER METHOD: both ends' probabilities and the steps by SciPy: bicgstab (relative residual 1e-10) or splu."""

import sys
import time

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as la

folder, method = sys.argv[1:3]
i, j, v = (np.load(f"{folder}/{name}.npy") for name in "ijv")
n = int(i.max()) + 1
p = sp.csr_matrix((v, (i, j)), shape=(n, n))
start = time.perf_counter()
m = n - 2
a = (sp.identity(m, format="csr") - p[:m, :m]).tocsc()
right = [p[:m, m].toarray().ravel(), p[:m, m + 1].toarray().ravel(), np.ones(m)]
if method == "splu":
    factors = la.splu(a)
    x = [factors.solve(b) for b in right]
else:
    a = a.tocsr()
    x = [la.bicgstab(a, b, rtol=1e-10, atol=0)[0] for b in right]
print("row sums", np.abs(x[0] + x[1] - 1).max())
print("seconds", time.perf_counter() - start)
