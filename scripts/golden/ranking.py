"""Writes test/golden/ranking.json: scores of transferability, by numpy.

Run from the repository root: python scripts/golden/ranking.py
Each is computed from its definition, with explicit inverses. The same seed gives the same file.
"""

from pathlib import Path

import numpy as np

from json_files import floats, write_json

random = np.random.RandomState(7)


def log_me(x, y, classes):
    """You et al. 2021, by the fixed point in alpha and beta with explicit inverses."""
    n, width = x.shape
    total = 0.0
    for label in range(classes):
        t = (y == label).astype(float)
        alpha = beta = 1.0
        for _ in range(5000):
            a = alpha * np.eye(width) + beta * x.T @ x
            m = beta * np.linalg.solve(a, x.T @ t)
            gamma = width - alpha * np.trace(np.linalg.inv(a))
            alpha = gamma / (m @ m)
            beta = (n - gamma) / np.sum((x @ m - t) ** 2)
        a = alpha * np.eye(width) + beta * x.T @ x
        m = beta * np.linalg.solve(a, x.T @ t)
        total += (
            n / 2 * np.log(beta)
            + width / 2 * np.log(alpha)
            - n / 2 * np.log(2 * np.pi)
            - beta / 2 * np.sum((x @ m - t) ** 2)
            - alpha / 2 * m @ m
            - np.linalg.slogdet(a)[1] / 2
        )
    return total / classes / n


def leep(probabilities, y, classes):
    joint = np.stack([probabilities[y == label].sum(0) for label in range(classes)]) / len(y)
    given = joint / joint.sum(0)
    return np.mean(np.log(np.sum(given[y] * probabilities, axis=1)))


def h_score(x, y, classes):
    """Ibrahim et al. 2021: Ledoit and Wolf's shrinkage by its definition."""
    n, width = x.shape
    z = x - x.mean(0)
    c = z.T @ z / n
    mu = np.trace(c) / width
    distance = np.sum((c - mu * np.eye(width)) ** 2)
    noise = sum(np.sum((np.outer(row, row) - c) ** 2) for row in z) / n**2
    share = min(1.0, noise / distance)
    means = np.stack([z[y == label].mean(0) for label in range(classes)])[y]
    between = means.T @ means / n
    return np.trace(np.linalg.inv((1 - share) * c + share * mu * np.eye(width)) @ ((1 - share) * between))


def scores_case(number):
    n, width, classes = 40 + 10 * number, 3 + number, 2 + number % 3
    y = random.randint(0, classes, n)
    y[:classes] = range(classes)
    x = (random.randn(n, width) + random.randn(classes, width)[y]).astype(np.float32)
    raw = random.rand(n, 2 + number % 2)
    probabilities = raw / raw.sum(1, keepdims=True)
    wide = x.astype(float)
    return {
        "x": floats(x),
        "y": y.tolist(),
        "classes": classes,
        "probabilities": probabilities.tolist(),
        "logMe": log_me(wide, y, classes),
        "leep": leep(probabilities, y, classes),
        "hScore": h_score(wide, y, classes),
    }


write_json(
    Path("test/golden/ranking.json"),
    {
        "scores": [scores_case(number) for number in range(3)],
    },
)
