"""Writes test/golden/metrics.json: metrics computed by scikit-learn, scipy and numpy.

Run from the repository root: python scripts/golden/metrics.py
Needs numpy, scipy and scikit-learn 1.7 or later. The same seed gives the same file.
"""

import json
import pathlib
import warnings

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
)

warnings.filterwarnings("ignore")
random = np.random.RandomState(20)


def classification_case(number):
    """Classes drawn from two subsets of all classes, so that some are missing from the truth, the predictions or both."""
    classes = 2 + number % 5
    n = int(random.randint(1, 200))
    true_set = random.permutation(classes)[: random.randint(1, classes + 1)]
    predicted_set = random.permutation(classes)[: random.randint(1, classes + 1)]
    truth = random.choice(true_set, n)
    # Every third case is never right on purpose, so that some classes are never predicted.
    right = random.rand(n) < (0 if number % 3 == 2 else random.rand())
    predicted = np.where(right, truth, random.choice(predicted_set, n))
    labels = list(range(classes))
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, predicted, labels=labels, zero_division=0
    )
    return {
        "classes": classes,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "accuracy": accuracy_score(truth, predicted),
        "macroF1": f1_score(truth, predicted, average="macro", zero_division=0),
        "macroRecall": balanced_accuracy_score(truth, predicted),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "confusion": confusion_matrix(truth, predicted, labels=labels).tolist(),
    }


def bootstrap_case():
    """A percentile interval made by picking rows one by one."""
    n, resamples = 150, 20000
    truth = random.choice(3, n, p=[0.6, 0.3, 0.1])
    first = np.where(random.rand(n) < 0.75, truth, random.choice(3, n))
    second = np.where(random.rand(n) < 0.65, truth, random.choice(3, n))
    scores = []
    for _ in range(resamples):
        rows = random.randint(0, n, n)
        scores.append([fast_macro_f1(truth[rows], p[rows]) for p in (first, second)])
    scores = np.array(scores)
    difference = scores[:, 0] - scores[:, 1]
    return {
        "truth": truth.tolist(),
        "first": first.tolist(),
        "second": second.tolist(),
        "interval95": np.percentile(scores[:, 0], [2.5, 97.5]).tolist(),
        "difference": fast_macro_f1(truth, first) - fast_macro_f1(truth, second),
        "difference95": np.percentile(difference, [2.5, 97.5]).tolist(),
        "shareNotAbove0": float((difference <= 0).mean()),
    }


def fast_macro_f1(truth, predicted):
    counts = np.bincount(truth * 3 + predicted, minlength=9).reshape(3, 3)
    sizes = counts.sum(0) + counts.sum(1)
    present = sizes > 0
    return float((2 * np.diag(counts)[present] / sizes[present]).mean())


def calibration_case(classes, n, bins):
    logits = random.randn(n, classes) * 2
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    probabilities = probabilities.astype(np.float32)
    truth = np.where(random.rand(n) < 0.6, probabilities.argmax(1), random.randint(0, classes, n))
    exact = probabilities.astype(np.float64)
    confidence, right = exact.max(1), exact.argmax(1) == truth
    order = np.argsort(confidence)
    edges = [int(np.floor(b * n / bins + 0.5)) for b in range(bins + 1)]
    ece = 0.0
    for start, end in zip(edges, edges[1:]):
        rows = order[start:end]
        if len(rows) > 0:
            ece += len(rows) / n * abs(confidence[rows].mean() - right[rows].mean())
    return {
        "classes": classes,
        "bins": bins,
        "probabilities": exact.ravel().tolist(),
        "truth": truth.tolist(),
        "ece": ece,
        # scikit-learn insists on rows that sum to 1 more exactly than float32 does; the formula is the same.
        "brier": float(((exact - np.eye(classes)[truth]) ** 2).sum(1).mean()),
        "brierOfRenormalised": brier_score_loss(
            truth, exact / exact.sum(1, keepdims=True), labels=list(range(classes)), scale_by_half=False
        ),
    }


PAIRS = [(0, 0), (1, 0), (0, 6), (5, 5), (3, 12), (40, 61), (200, 150), (1500, 1700), (0, 1200)]

golden = {
    "classification": [classification_case(number) for number in range(20)],
    "bootstrap": bootstrap_case(),
    "calibration": [calibration_case(2, 100, 15), calibration_case(4, 333, 15), calibration_case(3, 7, 15)],
    "mcnemar": [
        {"onlyFirst": b, "onlySecond": c, "p": binomtest(b, b + c, 0.5).pvalue if b + c else 1.0} for b, c in PAIRS
    ],
}
target = pathlib.Path("test/golden/metrics.json")
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(golden) + "\n")
print(f"{target}: {target.stat().st_size} bytes")
