"""Writes test/golden/distances.json: distances between two samples and label shares, computed with numpy and scipy.

Run from the repository root: python scripts/golden/distances.py
Needs numpy and scipy. The same seed gives the same file.
"""

import json
import pathlib

import numpy as np
from scipy.linalg import sqrtm

random = np.random.RandomState(7)


def mmd(x, y):
    """Unbiased squared MMD, Gaussian kernel, the squared bandwidth being the median squared distance."""
    both = np.vstack([x, y])
    squared = ((both[:, None, :] - both[None, :, :]) ** 2).sum(-1)
    kernel = np.exp(-squared / (2 * np.median(squared[np.triu_indices(len(both), 1)])))
    n, m = len(x), len(y)
    within = (kernel[:n, :n].sum() - n) / (n * (n - 1)) + (kernel[n:, n:].sum() - m) / (m * (m - 1))
    return within - 2 * kernel[:n, n:].mean()


def frechet(x, y):
    c, d = np.cov(x.T), np.cov(y.T)
    mean = ((x.mean(0) - y.mean(0)) ** 2).sum()
    return mean, np.trace(c + d - 2 * sqrtm(c @ d).real)


def samples(n, m, width, shift):
    x = random.randn(n, width)
    y = random.randn(m, width) * random.uniform(0.5, 1.5, width) + shift
    return x.astype(np.float32), y.astype(np.float32)


def distance_case(n, m, width, shift):
    x, y = samples(n, m, width, shift)
    mean, covariance = frechet(x.astype(float), y.astype(float))
    return {
        "source": x.tolist(),
        "target": y.tolist(),
        "mmd": mmd(x.astype(float), y.astype(float)),
        "frechetMean": mean,
        "frechetCovariance": covariance,
    }


def shift_case(classes):
    truth = np.concatenate([np.arange(classes), random.choice(classes, 200)])
    right = random.rand(len(truth)) < 0.8
    predicted = np.where(right, truth, random.choice(classes, len(truth)))
    target = random.choice(classes, 150, p=random.dirichlet(np.ones(classes) * 3))
    confusion = np.zeros((classes, classes))
    for guess, label in zip(predicted, truth):
        confusion[guess, label] += 1 / len(truth)
    source = np.bincount(truth, minlength=classes) / len(truth)
    weights = np.linalg.solve(confusion, np.bincount(target, minlength=classes) / len(target))
    shares = np.maximum(weights, 0) * source
    probabilities = random.dirichlet(np.ones(classes), 80)
    estimate = source.copy()
    for _ in range(5000):
        scaled = probabilities * estimate / source
        estimate = (scaled / scaled.sum(1, keepdims=True)).mean(0)
    return {
        "classes": classes,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "target": target.tolist(),
        "bbse": (shares / shares.sum()).tolist(),
        "probabilities": probabilities.ravel().tolist(),
        "source": source.tolist(),
        "em": estimate.tolist(),
    }


golden = {
    "distances": [distance_case(20, 25, 3, 0.5), distance_case(12, 30, 5, 0.0)],
    "shifts": [shift_case(2), shift_case(3), shift_case(4)],
}
path = pathlib.Path("test/golden/distances.json")
path.write_text(json.dumps(golden) + "\n")
