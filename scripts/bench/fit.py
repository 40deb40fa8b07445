"""One fit by a peer: fit.py logistic|exact <tolerance> | mlp <epochs> | torch <epochs>, then <vectors.npy> <labels>."""

import json
import sys
import time
import warnings

import numpy as np

kind, setting, vectors, labels = sys.argv[1:]
x, y = np.load(vectors), np.fromfile(labels, dtype=np.int32).astype(np.int64)
warnings.simplefilter("ignore")


def logistic(x, y, tolerance):
    """The objective that scikit-learn minimizes, in float64, where its fit ends."""
    from scipy.special import logsumexp
    from sklearn.linear_model import LogisticRegression

    began = time.perf_counter()
    model = LogisticRegression(C=1, tol=float(tolerance), max_iter=10_000).fit(x, y)
    seconds = time.perf_counter() - began
    logits = x.astype(np.float64) @ model.coef_.T.astype(np.float64) + model.intercept_
    loss = logsumexp(logits, axis=1) - logits[np.arange(len(y)), y]
    return seconds, float(loss.sum() + 0.5 * (model.coef_.astype(np.float64) ** 2).sum())


def exact(x, y, tolerance):
    """The same in float64: scikit-learn computes in the precision of its rows, and float32 ends well above 1e-8."""
    return logistic(x.astype(np.float64), y, tolerance)


def mlp(x, y, epochs):
    from sklearn.neural_network import MLPClassifier

    began = time.perf_counter()
    model = MLPClassifier((256,), batch_size=200, max_iter=int(epochs), alpha=0, tol=0, random_state=1).fit(x, y)
    return time.perf_counter() - began, float(model.loss_)


def torch(x, y, epochs):
    import torch as t

    t.set_num_threads(2)
    t.manual_seed(1)
    began = time.perf_counter()
    rows, truth = t.from_numpy(x), t.from_numpy(y)
    model = t.nn.Sequential(t.nn.Linear(x.shape[1], 256), t.nn.ReLU(), t.nn.Linear(256, 3))
    optimizer = t.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0)
    for _ in range(int(epochs)):
        total, order = 0.0, t.randperm(len(y))
        for index in order.split(200):
            optimizer.zero_grad()
            loss = t.nn.functional.cross_entropy(model(rows[index]), truth[index])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(index)
    return time.perf_counter() - began, total / len(y)


fit = {"logistic": logistic, "exact": exact, "mlp": mlp, "torch": torch}[kind]
fit(x[:1000], y[:1000], "1e-2" if kind in ("logistic", "exact") else "1")
seconds, value = fit(x, y, setting)
print(json.dumps({"seconds": seconds, "value": value}))
