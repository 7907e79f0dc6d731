"""The work of train.tlx in PyTorch."""

import pathlib
import time

import numpy
import torch

torch.manual_seed(1)
data = pathlib.Path(__file__).resolve().parents[3] / "Datasets" / "digits"
x = torch.from_numpy(numpy.load(data / "x.npy").reshape(-1, 64).astype("float32") / 16)
y = torch.from_numpy(numpy.load(data / "y.npy").astype("int64"))


def train():
    model = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_of = torch.nn.CrossEntropyLoss()
    start = time.perf_counter()
    for _ in range(30):
        order = torch.randperm(len(x))
        for first in range(0, len(x), 64):
            rows = order[first : first + 64]
            optimizer.zero_grad()
            loss = loss_of(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
    seconds = time.perf_counter() - start
    with torch.no_grad():
        return seconds, (model(x).argmax(1) == y).float().mean().item()


torch.set_num_threads(1)
one, accuracy = train()
print(f"seconds {one}")
print(f"accuracy {accuracy:.4f}")
