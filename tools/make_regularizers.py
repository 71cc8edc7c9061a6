"""Every regularizer of chapter 8 on the scoreboard's pictures, tuned alike.

    python -m tools.make_regularizers

trains a net of 32 hidden units about 600 times, 1,000 steps of 100 pictures each (some five
minutes), and writes ``lossland/data/regularizers.json``, from which the page takes its numbers.
Two tasks: *all* 5,000 training pictures, and *few*, 500 of them. Each way gets the same tuning:
four strengths (flips have none), two seeds each, fitted on pictures of the first 4,000 of a split
and judged on the other 1,000. Without a regularizer, and with batch norm, the learning rate is what
is tuned; all other ways take the rate chosen without. The test pictures are looked at once, after
the choice. ``tests/lossland/test_make_regularizers.py`` runs some lines again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossland import augmentation as change
from lossland import two_layer
from lossland.calibration import reliability
from lossland.datasets import DATA, load_fashion_mnist
from lossland.layers import Running
from lossland.losses import softmax
from lossland.optimizers import momentum
from lossland.targets import smooth_labels, soft_cross_entropy

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Batch = tuple[Array, Array]
Change = Callable[[Array, Array, np.random.Generator], Batch]

RESULTS = DATA / "regularizers.json"
SIDE, CLASSES, HIDDEN = 14, 10, 32
STEPS, BATCH, CHECK = 1000, 100, 25
LR, MU = 0.02, 0.9
SEEDS, TUNING_SEEDS = range(10, 18), range(2)
FEW = 500


class Way(NamedTuple):
    """How a net is trained: the defaults are no regularization at all.

    ``penalty`` (x, net) -> gradient of a penalty; ``change`` acts on pictures (n, 14, 14) and
    targets of each batch, ``noise`` is added to the inputs, in units of a pixel's deviation,
    ``shake`` to the parameters of each gradient; ``patience`` holds out a fifth of the pictures and
    stops after so many checks, CHECK steps apart, without a better loss on them.
    """

    lr: float = LR
    norm: bool = False
    p: float = 0.0
    eps: float = 0.0
    noise: float = 0.0
    shake: float = 0.0
    patience: int = 0
    penalty: Callable[[Array, two_layer.Net], Array] | None = None
    change: Change | None = None


def _images_only(act: Callable[[Array, np.random.Generator], Array]) -> Change:
    return lambda images, targets, rng: (act(images, rng), targets)


def of_weights(pull: Callable[[Array], Array]) -> Callable[[Array, two_layer.Net], Array]:
    """The gradient ``pull(W)`` of a penalty on both layers' weights; biases are left alone."""

    def gradient(x: Array, net: two_layer.Net) -> Array:
        slope = np.zeros_like(x)
        into, at = two_layer.parts(slope, net), two_layer.parts(x, net)
        into.W1[:], into.W2[:] = pull(at.W1), pull(at.W2)
        return slope

    return gradient


def l2(reg: float) -> Callable[[Array, two_layer.Net], Array]:
    """The gradient of reg·ΣW²."""
    return of_weights(lambda W: 2 * reg * W)


def l1(reg: float) -> Callable[[Array, two_layer.Net], Array]:
    """The gradient of reg·Σ|W|, 0 at 0."""
    return of_weights(lambda W: reg * np.sign(W))


def smoothness(reg: float) -> Callable[[Array, two_layer.Net], Array]:
    """The gradient of reg·Σ(difference of neighbouring pixels' weights)² in the first layer."""

    def gradient(x: Array, net: two_layer.Net) -> Array:
        slope = np.zeros_like(x)
        W = two_layer.parts(x, net).W1.reshape(SIDE, SIDE, -1)
        into = two_layer.parts(slope, net).W1.reshape(SIDE, SIDE, -1)
        for axis in (0, 1):
            step = 2 * reg * np.diff(W, axis=axis)
            ahead = [slice(None)] * 3
            behind = [slice(None)] * 3
            ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
            into[tuple(ahead)] += step
            into[tuple(behind)] -= step
        return slope

    return gradient


def way(name: str, strength: float, lr: float = LR) -> Way:
    """The way of this name at a strength; lr is the rate where the strength is none."""
    images: dict[str, Callable[[Array, np.random.Generator], Array]] = {
        "shift": lambda images, rng: change.shift(images, int(strength), rng),
        "scale": lambda images, rng: change.scale(images, strength, rng),
        "rotate": lambda images, rng: change.rotate(images, strength, rng),
        "crop": lambda images, rng: change.crop(images, int(strength), rng),
        "flip": change.flip,
        "jitter": lambda images, rng: change.jitter(images, strength, rng),
    }
    pairs: dict[str, Change] = {
        "mixup": lambda images, targets, rng: change.mixup(images, targets, strength, rng),
        "cut and paste": lambda images, targets, rng: change.cut_and_paste(
            images, targets, strength, rng
        ),
    }
    if name in images:
        return Way(lr, change=_images_only(images[name]))
    if name in pairs:
        return Way(lr, change=pairs[name])
    ways = {
        "nothing": Way(strength),
        "L2": Way(lr, penalty=l2(strength)),
        "L1": Way(lr, penalty=l1(strength)),
        "smoothness": Way(lr, penalty=smoothness(strength)),
        "early stopping": Way(lr, patience=int(strength)),
        "input noise": Way(lr, noise=strength),
        "weight noise": Way(lr, shake=strength),
        "label smoothing": Way(lr, eps=strength),
        "dropout": Way(lr, p=strength),
        "batch norm": Way(strength, norm=True),
    }
    return ways[name]


STRENGTHS: dict[str, tuple[float, ...]] = {
    "nothing": (0.01, 0.02, 0.05, 0.1),
    "L2": (1e-3, 3e-3, 1e-2, 3e-2),
    "L1": (1e-4, 3e-4, 1e-3, 3e-3),
    "smoothness": (3e-3, 1e-2, 3e-2, 1e-1),
    "early stopping": (2, 4, 8, 16),
    "input noise": (0.2, 0.4, 0.8, 1.6),
    "weight noise": (0.02, 0.04, 0.08, 0.16),
    "shift": (1, 2, 3, 4),
    "scale": (0.05, 0.1, 0.2, 0.4),
    "rotate": (5, 10, 20, 40),
    "crop": (13, 12, 11, 10),
    "flip": (1,),
    "jitter": (0.1, 0.2, 0.4, 0.8),
    "label smoothing": (0.05, 0.1, 0.2, 0.4),
    "mixup": (0.1, 0.2, 0.5, 1.0),
    "cut and paste": (0.1, 0.2, 0.5, 1.0),
    "dropout": (0.1, 0.3, 0.5, 0.7),
    "batch norm": (0.01, 0.02, 0.05, 0.1),
}
"""What each way is tuned over. For the first and for batch norm it is the learning rate."""


class Trained(NamedTuple):
    """A net with what its inputs were centred and divided by."""

    x: Array
    net: two_layer.Net
    running: Running
    mean: Array
    deviation: float
    steps: int

    def scores(self, images: Array) -> Array:
        """(n, 10) for pictures (n, 196) with pixels from 0 to 1."""
        inputs = (images - self.mean) / self.deviation
        return two_layer.predict(self.x, self.net, inputs, self.running)


def train(recipe: Way, images: Array, y: Labels, seed: int, steps: int = STEPS) -> Trained:
    """Train on pictures (n, 196) with pixels from 0 to 1; the seed decides everything random."""
    rng = np.random.default_rng([8, seed])
    net = two_layer.Net((SIDE * SIDE, HIDDEN, CLASSES), recipe.norm, recipe.p)
    x = best_x = two_layer.initial(net, rng)
    running = best_running = two_layer.fresh(net)
    held: NDArray[np.int64] = np.arange(0)
    if recipe.patience:
        order = rng.permutation(len(y))
        held, order = order[: len(y) // 5], order[len(y) // 5 :]
        images_held, y_held = images[held], y[held]
        images, y = images[order], y[order]
    mean, deviation = images.mean(axis=0), float(images.std())
    targets = smooth_labels(y, CLASSES, recipe.eps)
    method = momentum(recipe.lr, MU)
    state = method.init(x)
    best, waited, best_step = np.inf, 0, 0
    order = np.arange(0)
    for t in range(steps):
        if len(order) < min(BATCH, len(y)):
            order = rng.permutation(len(y))
        batch, order = order[:BATCH], order[BATCH:]
        pictures, aims = images[batch], targets[batch]
        if recipe.change is not None:
            pictures, aims = recipe.change(pictures.reshape(-1, SIDE, SIDE), aims, rng)
        inputs = (pictures.reshape(len(aims), -1) - mean) / deviation
        if recipe.noise:
            inputs = inputs + recipe.noise * rng.standard_normal(inputs.shape)
        at = x + recipe.shake * rng.standard_normal(x.shape) if recipe.shake else x
        _, gradient, running = two_layer.loss_and_gradient(
            at,
            net,
            inputs,
            lambda scores, aims=aims: soft_cross_entropy(scores, aims),
            running=running,
            rng=rng,
        )
        if recipe.penalty is not None:
            gradient = gradient + recipe.penalty(x, net)
        step, state = method.update(gradient, state, x)
        x = x + step
        if recipe.patience and (t + 1) % CHECK == 0:
            trained = Trained(x, net, running, mean, deviation, t + 1)
            loss, _ = soft_cross_entropy(
                trained.scores(images_held), smooth_labels(y_held, CLASSES)
            )
            if loss < best:
                best, waited, best_x, best_running, best_step = loss, 0, x, running, t + 1
            else:
                waited += 1
            if waited == recipe.patience:
                break
    if recipe.patience:
        return Trained(best_x, net, best_running, mean, deviation, best_step)
    return Trained(x, net, running, mean, deviation, steps)


def judge(trained: Trained, images: Array, y: Labels) -> dict[str, float]:
    """accuracy, confidence and calibration error in per cent; loss: cross-entropy to the labels."""
    scores = trained.scores(images)
    loss, _ = soft_cross_entropy(scores, smooth_labels(y, CLASSES))
    found = reliability(softmax(scores), y)
    return {
        "accuracy": 100 * float((scores.argmax(axis=1) == y).mean()),
        "loss": loss,
        "confidence": 100 * float((found.confidence * found.share).sum()),
        "calibration": 100 * found.error,
        "steps": trained.steps,
    }


class Pictures(NamedTuple):
    """All pictures with pixels from 0 to 1, and the two parts of the training ones for tuning."""

    images: Array
    y: Labels
    test_images: Array
    test_y: Labels
    fit: NDArray[np.int64]
    judge: NDArray[np.int64]


def pictures() -> Pictures:
    """The scoreboard's data, before centring."""
    data = load_fashion_mnist()
    split = np.random.default_rng(8).permutation(len(data.train.y))
    return Pictures(
        data.train.X / 255,
        data.train.y,
        data.test.X / 255,
        data.test.y,
        split[:4000],
        split[4000:],
    )


def chosen_few(task: str, among: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """The pictures that a task trains on: all, or FEW of them, by the seed."""
    if task == "all":
        return among
    return np.random.default_rng([80, seed]).permutation(among)[:FEW]


def tune(task: str, name: str, lr: float, data: Pictures) -> dict[str, Any]:
    """The mean accuracy on the judging pictures at each strength, and the best strength."""
    accuracies = []
    for strength in STRENGTHS[name]:
        found = []
        for seed in TUNING_SEEDS:
            at = chosen_few(task, data.fit, seed)
            trained = train(way(name, strength, lr), data.images[at], data.y[at], seed)
            found.append(judge(trained, data.images[data.judge], data.y[data.judge])["accuracy"])
        accuracies.append(float(np.mean(found)))
    return {
        "tuning": [round(a, 4) for a in accuracies],
        "strength": STRENGTHS[name][int(np.argmax(accuracies))],
    }


def final(task: str, recipe: Way, data: Pictures, seed: int) -> dict[str, float]:
    """One seed on the test pictures, with the accuracy on the training pictures beside it."""
    at = chosen_few(task, np.arange(len(data.y)), seed)
    trained = train(recipe, data.images[at], data.y[at], seed)
    found = judge(trained, data.test_images, data.test_y)
    found["training"] = judge(trained, data.images[at], data.y[at])["accuracy"]
    return {key: round(value, 5) for key, value in found.items()}


def lines(task: str, data: Pictures) -> dict[str, Any]:
    """Every way of one task, tuned and run."""
    found: dict[str, Any] = {}
    lr = LR
    for name in STRENGTHS:
        line = tune(task, name, lr, data)
        if name == "nothing":
            lr = line["strength"]
        recipe = way(name, line["strength"], lr)
        line["runs"] = [final(task, recipe, data, seed) for seed in SEEDS]
        found[name] = line
        accuracy = np.mean([run["accuracy"] for run in line["runs"]])
        print(f"{task}, {name}: {line['strength']}, {accuracy:.2f} % right", flush=True)
    return found


def smoothing(task: str, lr: float, data: Pictures) -> dict[str, Any]:
    """Label smoothing at every strength, and none."""
    return {
        str(eps): [final(task, way("label smoothing", eps, lr), data, seed) for seed in SEEDS]
        for eps in (0.0, *STRENGTHS["label smoothing"])
    }


def main(path: Path = RESULTS) -> None:
    """Train everything and write the results."""
    data = pictures()
    results = {task: lines(task, data) for task in ("few", "all")}
    results["smoothing"] = {
        task: smoothing(task, results[task]["nothing"]["strength"], data) for task in ("few", "all")
    }
    path.write_text(json.dumps(results, indent=1) + "\n", "utf8")


if __name__ == "__main__":
    main()
