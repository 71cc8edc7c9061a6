"""Softmax regression on digits: 600 steps, one figure, three tests and a written answer.

The tests are plain NumPy, so that nbgrader gives the same points.
"""

from __future__ import annotations

from tools.grading_bench import digits
from tools.grading_bench.course import (
    Kind,
    Notebook,
    Template,
    cell,
    check,
    given,
    notebook,
    solution,
)

SETUP = """import matplotlib.pyplot as plt
import numpy as np

digits = np.load("digits.npy")
X, y = digits[:, :64] / 16.0, digits[:, 64].astype(int)
X_train, y_train, X_test, y_test = X[:1500], y[:1500], X[1500:], y[1500:]"""

SOFTMAX = """    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)"""
SOFTMAX_BY_ROWS = """    rows = []
    for row in scores:
        weights = np.exp(row - row.max())
        rows.append(weights / weights.sum())
    return np.array(rows)"""
SOFTMAX_OVERFLOWS = """    with np.errstate(all="ignore"):
        weights = np.exp(scores)
        return weights / weights.sum(axis=1, keepdims=True)"""

LOSS = """    n = len(y)
    p = softmax(X @ W)
    loss = -np.log(p[np.arange(n), y]).mean()
    p[np.arange(n), y] -= 1.0
    return loss, X.T @ p / n"""
LOSS_ONE_HOT = """    p = softmax(X @ W)
    right = np.eye(10)[y]
    loss = -np.sum(right * np.log(p)) / len(y)
    return loss, np.einsum("nd,nc->dc", X, (p - right) / len(y))"""
LOSS_DOUBLED = LOSS.replace("X.T @ p / n", "2.0 * X.T @ p / n")

TRAIN = """    rng = np.random.default_rng(0)
    W = np.zeros((X.shape[1], 10))
    losses = []
    for _ in range(steps):
        rows = rng.integers(len(y), size=batch)
        loss, gradient = loss_and_gradient(W, X[rows], y[rows])
        losses.append(loss)
        W = W - lr * gradient
    return W, losses"""
TRAIN_UPHILL = TRAIN.replace("W - lr", "W + 0.01 * lr")
TRAIN_RAISES = TRAIN.replace("X[rows], y[rows]", "X[rows].T, y[rows]")

FIGURE = """trained, losses = train(X_train, y_train)
plt.plot(losses)
plt.xlabel("step")
plt.ylabel("loss of the batch")
_ = plt.title("Softmax regression")"""
WORDS = "The loss of a batch jumps because each batch holds other pictures."


def source() -> Notebook:
    """The instructor's notebook."""
    return notebook(
        cell("markdown", "# Softmax regression\n\nPictures of digits, 64 pixels each."),
        given(SETUP, "setup"),
        cell("markdown", "## 1 Probabilities"),
        solution(
            'def softmax(scores):\n    """Probabilities of the classes, a row an example."""',
            SOFTMAX,
            "softmax",
        ),
        check(
            "p = softmax(np.array([[0.0, np.log(3.0)], [1.0, 1.0]]))\n"
            'assert np.allclose(p, [[0.25, 0.75], [0.5, 0.5]]), "exp(s) over its sum, by rows"',
            "p = softmax(np.array([[1000.0, 0.0, 999.0]]))\n"
            'assert np.allclose(p, [[0.73105858, 0.0, 0.26894142]]), "large scores are scores"',
            "test_softmax",
            2,
        ),
        cell("markdown", "## 2 The loss and its gradient"),
        solution(
            "def loss_and_gradient(W, X, y):\n"
            '    """The mean cross-entropy and its gradient in W."""',
            LOSS,
            "loss_and_gradient",
        ),
        check(
            "at = np.zeros((64, 10))\n"
            "loss, gradient = loss_and_gradient(at, X_train[:20], y_train[:20])\n"
            'assert np.isclose(loss, np.log(10.0)), "ten classes, all alike"\n'
            'assert gradient.shape == (64, 10), "a number for each weight"',
            "at = 0.1 * np.random.default_rng(5).standard_normal((64, 10))\n"
            "gradient = loss_and_gradient(at, X_train[:20], y_train[:20])[1]\n"
            "for place in [(3, 4), (20, 1), (43, 9)]:\n"
            "    step = np.zeros_like(at)\n"
            "    step[place] = 1e-5\n"
            "    ahead = loss_and_gradient(at + step, X_train[:20], y_train[:20])[0]\n"
            "    back = loss_and_gradient(at - step, X_train[:20], y_train[:20])[0]\n"
            "    slope = (ahead - back) / 2e-5\n"
            '    assert np.isclose(gradient[place], slope, 1e-4, 1e-8), "it is no derivative"',
            "test_loss_and_gradient",
            3,
        ),
        cell("markdown", "## 3 Training"),
        solution(
            "def train(X, y, lr=0.5, steps=600, batch=32):\n"
            '    """Weights after some steps of gradient descent, and the loss before each."""',
            TRAIN,
            "train",
        ),
        cell("code", FIGURE),
        check(
            'assert len(losses) == 600, "a loss for each step"\n'
            'assert trained.shape == (64, 10), "a weight for each pixel and class"',
            'assert np.mean(losses[-50:]) < 0.5 * losses[0], "the loss should fall"\n'
            "right = (X_test @ trained).argmax(axis=1) == y_test\n"
            'assert right.mean() > 0.8, "most digits should be told apart"',
            "test_train",
            5,
        ),
        cell("markdown", "## 4 In words\n\nWhy does the curve jump about?"),
        cell("markdown", "YOUR ANSWER HERE", "words", grade=True, solution=True, points=2),
    )


def _kind(name: str, softmax: str, loss: str | None, train: str | None, *loses: str) -> Kind:
    answers = {"softmax": softmax, "loss_and_gradient": loss, "train": train}
    words = WORDS if train else None
    return Kind(name, {**answers, "words": words}, frozenset(f"test_{part}" for part in loses))


RIGHT = _kind("right", SOFTMAX, LOSS, TRAIN)
OTHERWISE = _kind("right, written otherwise", SOFTMAX_BY_ROWS, LOSS_ONE_HOT, TRAIN)

TEMPLATE = Template(
    "softmax",
    source,
    lambda: {"digits.npy": digits.file()},
    (
        RIGHT,
        _kind("overflows", SOFTMAX_OVERFLOWS, LOSS, TRAIN, "softmax"),
        OTHERWISE,
        _kind("raises", SOFTMAX, LOSS, TRAIN_RAISES, "train"),
        RIGHT,
        _kind("half done", SOFTMAX, None, None, "loss_and_gradient", "train"),
        _kind("gradient doubled", SOFTMAX, LOSS_DOUBLED, TRAIN, "loss_and_gradient"),
        RIGHT,
        _kind("uphill", SOFTMAX, LOSS, TRAIN_UPHILL, "train"),
        _kind("two of three", SOFTMAX, LOSS, None, "train"),
    ),
)
