"""Logistic regressions by scikit-learn: 40 small problems with their minimum.

    python scripts/golden/logistic.py

Writes test/golden/logistic/data.safetensors (float32 only) and cases.json. scikit-learn's solution is polished by
Newton steps in float64 until a further step changes nothing, and then stands for the minimum of

    C * sum over rows of (weight * loss) + 0.5 * (sum of squared weights, without the bias)

where the loss is log(1 + exp(-z)) on one weight vector for two classes, and softmax cross-entropy on one weight vector a
class from three classes on (bias shifted to sum 0).
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression

from json_files import write_json

OUT = Path(__file__).parents[2] / "test/golden/logistic"
# name: classes, rows, features, distance of the class centers, share of rows in class 0 (None: all classes alike)
DATA = {
    "two-small": (2, 120, 5, 1.2, None), "two-wide": (2, 30, 100, 0.4, None), "two-tall": (2, 2000, 4, 0.6, None),
    "two-rare": (2, 200, 10, 0.7, 0.9), "three-small": (3, 150, 6, 1.0, None), "three-wide": (3, 24, 80, 0.4, None),
    "three-tall": (3, 3000, 3, 0.5, None), "three-rare": (3, 240, 8, 0.8, 0.8), "twenty-small": (20, 400, 12, 1.5, None),
    "twenty-wide": (20, 60, 70, 0.8, None), "twenty-tall": (20, 2000, 8, 1.0, None),
}
# data, C, weighting of the rows
CASES = [
    *[("two-small", C, None) for C in (1e-3, 0.1, 1, 1e3)], ("two-small", 1, "rows"), ("two-small", 1, "balanced"),
    *[("two-wide", C, None) for C in (1e-3, 1, 1e3)], ("two-wide", 1, "rows"),
    *[("two-tall", C, None) for C in (1e-3, 1, 1e3)], ("two-tall", 10, "rows"),
    ("two-rare", 1, None), ("two-rare", 1, "balanced"), ("two-rare", 1e-2, "balanced"),
    *[("three-small", C, None) for C in (1e-3, 1, 1e3)], ("three-small", 1, "rows"), ("three-small", 1, "balanced"),
    *[("three-wide", C, None) for C in (1e-3, 1, 1e3)],
    *[("three-tall", C, None) for C in (1e-3, 1, 1e3)], ("three-tall", 0.1, "rows"),
    ("three-rare", 1, None), ("three-rare", 1, "balanced"), ("three-rare", 100, "balanced"),
    *[("twenty-small", C, None) for C in (1e-2, 1, 1e3)], ("twenty-small", 1, "rows"), ("twenty-small", 1, "balanced"),
    ("twenty-wide", 1, None), ("twenty-wide", 100, None), ("twenty-tall", 1, None),
]


def generated(seed: int, classes: int, rows: int, width: int, distance: float, first: float | None) -> dict:
    """Clouds around class centers; feature 0 has mean 3, feature 1 is ten times smaller; every class has a row.

    One row in ten has row weight 0, the others between 0.1 and 3.
    """
    random = np.random.default_rng(seed)
    shares = [1 / classes] * classes if first is None else [first, *[(1 - first) / (classes - 1)] * (classes - 1)]
    y = np.concatenate([np.arange(classes), random.choice(classes, rows - classes, p=shares)])
    centers = distance * random.standard_normal([classes, width])
    x = centers[y] + random.standard_normal([rows, width])
    x[:, 0] += 3
    x[:, 1] /= 10
    weights = random.uniform(0.1, 3, rows) * (np.arange(rows) % 10 != 9)
    return {"x": x.astype(np.float32), "y": y, "rowWeights": weights.astype(np.float32)}


class Problem:
    """The objective over parameters [outputs, width + 1], bias last; one output is the two-class logistic loss."""

    def __init__(self, x: np.ndarray, y: np.ndarray, weights: np.ndarray, C: float, outputs: int):
        self.x = np.concatenate([x.astype(np.float64), np.ones([len(x), 1])], axis=1)
        self.y, self.factors, self.outputs = y, C * weights, outputs
        self.wanted = np.eye(max(outputs, 2))[y]

    def logits(self, parameters: np.ndarray) -> np.ndarray:
        z = self.x @ parameters.T
        return np.concatenate([np.zeros_like(z), z], axis=1) if self.outputs == 1 else z

    def objective(self, parameters: np.ndarray) -> float:
        loss = -(self.wanted * log_softmax(self.logits(parameters), axis=1)).sum(axis=1)
        return float(self.factors @ loss + 0.5 * (parameters[:, :-1] ** 2).sum())

    def gradient(self, parameters: np.ndarray) -> np.ndarray:
        error = self.factors[:, None] * (softmax(self.logits(parameters), axis=1) - self.wanted)
        flat = parameters.copy()
        flat[:, -1] = 0
        return error[:, -self.outputs:].T @ self.x + flat

    def hessian(self, parameters: np.ndarray) -> np.ndarray:
        """A softmax does not feel a shift of all biases; a square of their sum pins it."""
        p, width = softmax(self.logits(parameters), axis=1)[:, -self.outputs:], self.x.shape[1]
        result = np.zeros([self.outputs, width, self.outputs, width])
        for a in range(self.outputs):
            for b in range(self.outputs):
                curve = self.factors * p[:, a] * ((a == b) - p[:, b])
                result[a, :, b, :] = (self.x * curve[:, None]).T @ self.x
                if a == b:
                    result[a, :-1, b, :-1] += np.eye(width - 1)
                result[a, -1, b, -1] += self.outputs > 1
        return result.reshape(self.outputs * width, -1)

    def minimum(self, parameters: np.ndarray) -> np.ndarray:
        """Newton steps from near the minimum until they change no parameter by more than 1e-10."""
        for _ in range(20):
            if self.outputs > 1:
                parameters = parameters.copy()
                parameters[:, -1] -= parameters[:, -1].mean()
            step = np.linalg.solve(self.hessian(parameters), self.gradient(parameters).ravel()).reshape(parameters.shape)
            if np.abs(step).max() < 1e-10:
                return parameters
            parameters = parameters - step
        raise SystemExit("Newton's method does not settle")


def fitted(problem: Problem, x: np.ndarray, y: np.ndarray, weights: np.ndarray, C: float) -> np.ndarray:
    """scikit-learn's parameters, polished; says when they were far off."""
    model = LogisticRegression(C=C, solver="lbfgs", tol=1e-10, max_iter=10_000)
    model.fit(x.astype(np.float64), y, sample_weight=weights)
    start = np.concatenate([model.coef_, model.intercept_[:, None]], axis=1)
    result = problem.minimum(start)
    gain = problem.objective(start) / problem.objective(result) - 1
    if not -1e-12 < gain < 1e-8:
        raise SystemExit(f"scikit-learn ends {gain:.1e} above the minimum")
    residue = np.abs(problem.gradient(result)).max() / max(1, problem.factors.sum())
    if residue > 1e-11:
        raise SystemExit(f"the gradient is {residue:.1e} of the sum of weights at the minimum")
    return result


def described(problem: Problem, parameters: np.ndarray) -> dict:
    """Objective and parameters; the predicted class of each row, and how close the closest call is in logits."""
    logits = problem.logits(parameters)
    ranked = np.sort(logits, axis=1)
    values = [[rounded(value, 9) for value in row] for row in parameters]
    return {"objective": rounded(problem.objective(parameters), 13), "weights": [row[:-1] for row in values],
            "bias": [row[-1] for row in values], "predictions": logits.argmax(axis=1).tolist(),
            "smallestMargin": rounded((ranked[:, -1] - ranked[:, -2]).min(), 6)}


def rounded(value: float, digits: int) -> float:
    """To so many significant digits, so that another machine writes the same file."""
    return float(f"{value:.{digits}g}")


def solved(name: str, C: float, weighting: str | None, data: dict) -> dict:
    x, y = data["x"], data["y"]
    classes, rows = int(y.max()) + 1, len(y)
    balanced = rows / (classes * np.bincount(y))
    weights = {None: np.ones(rows), "rows": data["rowWeights"].astype(np.float64), "balanced": balanced[y]}[weighting]
    outputs = 1 if classes == 2 else classes
    problem = Problem(x, y, weights, C, outputs)
    case = {"data": name, "classes": classes, "C": C, "weighting": weighting or "none",
            "classWeights": balanced.tolist() if weighting == "balanced" else None,
            **described(problem, fitted(problem, x, y, weights, C))}
    if outputs == 1:
        # A softmax over two classes spreads one vector over two, so it pays half the penalty: its minimum at C is where
        # the logistic loss has its minimum at 2 C, as -w / 2 and w / 2.
        one = fitted(Problem(x, y, weights, 2 * C, 1), x, y, weights, 2 * C)
        two = Problem(x, y, weights, C, 2)
        case["softmax"] = described(two, two.minimum(np.concatenate([-one / 2, one / 2])))
    return case


def main() -> None:
    data = {name: generated(seed, *shape) for seed, (name, shape) in enumerate(DATA.items())}
    cases = [solved(name, C, weighting, data[name]) for name, C, weighting in CASES]
    OUT.mkdir(parents=True, exist_ok=True)
    tensors = {f"{name}.{part}": parts[part] for name, parts in data.items() for part in ("x", "rowWeights")}
    (OUT / "data.safetensors").write_bytes(save(tensors))
    write_json(OUT / "cases.json", {
        "labels": {name: parts["y"].tolist() for name, parts in data.items()}, "cases": cases})
    for case in cases:
        print(f"{case['data']:13} C {case['C']:<6g} {case['weighting']:9} objective {case['objective']:.6g}, "
              f"closest call {case['smallestMargin']:.1e}")
    print(f"{len(cases)} cases, {sum(file.stat().st_size for file in OUT.iterdir()):,} bytes")


if __name__ == "__main__":
    main()
