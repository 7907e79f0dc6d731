"""The same rules by pandas and SciPy: counts by groupby, B⁺ and rows of N by sparse LU."""

import sys
import time

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.linalg import splu

folder = sys.argv[1]
start = time.perf_counter()
parts = []
# In chunks: the whole file at once takes more memory than most machines have.
for part in pd.read_json(f"{folder}/log.jsonl", lines=True, chunksize=500_000):
    parts.append(part[["session", "said", "outcome"]].astype({"said": "category", "outcome": "category"}))
said = pd.api.types.union_categoricals([part["said"] for part in parts])
session = np.concatenate([part["session"].to_numpy() for part in parts])
outcome = np.concatenate([part["outcome"].astype(str).to_numpy() for part in parts])
names = np.asarray(said.categories)
code = said.codes.astype(np.int64)
n = len(names)
total = np.bincount(code, minlength=n)
goes_on = (session[1:] == session[:-1]) & (outcome[:-1] == "")
q = sp.coo_matrix((np.ones(goes_on.sum()), (code[:-1][goes_on], code[1:][goes_on])), shape=(n, n)).tocsr()
r = np.bincount(code[outcome == "success"], minlength=n) / total
q = sp.diags(1 / total) @ q
lu = splu((sp.identity(n) - q).tocsc())
rules = []
for i in np.flatnonzero(total >= 20):
    unit = np.zeros(n)
    unit[i] = 1
    score = lu.solve(unit, trans="T") * r
    own = score[i]
    score[i] = -1
    j = int(score.argmax())
    if score[j] >= 0.1 and score[j] >= own and r[j] - r[i] >= 0.1:
        rules.append((names[i], names[j], score[j]))
target = {a: b for a, b, _ in rules}
rules = [(a, b, s) for a, b, s in rules]
print(f"seconds {time.perf_counter() - start}")
pd.DataFrame(rules, columns=["from", "to", "share"]).sort_values("from").to_csv(f"{folder}/peer.csv", index=False)
