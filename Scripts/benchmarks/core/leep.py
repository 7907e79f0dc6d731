"""LEEP as the public NumPy code computes it (full product of the conditional and theta), on the same files."""

import pathlib
import sys
import time

import numpy

folder = pathlib.Path(sys.argv[1])
theta = numpy.load(folder / "theta.npy")
y = numpy.load(folder / "labels.npy")


def leep(pseudo_source_label, target_label):
    """The published definition, step by step: joint, marginal, conditional, expected empirical prediction."""
    count = len(target_label)
    classes = int(numpy.max(target_label) + 1)
    normalised = pseudo_source_label / float(count)
    joint = numpy.zeros((classes, pseudo_source_label.shape[1]), dtype=float)
    for label in range(classes):
        joint[label] = numpy.sum(normalised[target_label == label], axis=0)
    marginal = joint.sum(axis=0, keepdims=True)
    conditional = (joint / marginal).T
    prediction = pseudo_source_label @ conditional
    chosen = numpy.array([row[label] for row, label in zip(prediction, target_label)])
    return numpy.mean(numpy.log(chosen))


start = time.perf_counter()
value = leep(theta, y)
print(f"seconds {time.perf_counter() - start}")
print(f"leep {value}")
