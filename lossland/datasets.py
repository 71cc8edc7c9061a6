"""The data of the course, all of it in the package: nothing is downloaded when code runs.

Fashion-MNIST (Xiao, Rasul & Vollgraf 2017), 14×14 pixels, and the carbon dioxide on Mauna Loa
(Keeling & Whorf 2004), month by month: ``tools/make_fashion_mnist.py`` and
``tools/make_mauna_loa_co2.py`` make the files again from their named sources; the licences lie
beside them.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DATA = Path(__file__).parent / "data"
FASHION_MNIST = DATA / "fashion-mnist-14x14.npz"
MAUNA_LOA_CO2 = DATA / "mauna-loa-co2.csv"

CLASS_NAMES: tuple[str, ...] = (
    "T-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)


class Split(NamedTuple):
    """X (n, 196) uint8, one image of 14×14 pixels a row, row by row; y (n,) int64, 0 … 9."""

    X: NDArray[np.uint8]
    y: NDArray[np.int64]


class FashionMNIST(NamedTuple):
    """5,000 training and 1,000 test images, every class equally often in both."""

    train: Split
    test: Split


class Series(NamedTuple):
    """A time series: time (n,) in years, rising, and the values (n,) at these times."""

    time: Array
    value: Array


class Scoreboard(NamedTuple):
    """What every method of the book is measured on.

    X_train (5000, 197) and X_test (1000, 197) float64: pixels 0 … 255 minus the training images'
    mean pixel by pixel, and a last column of ones for the bias. y_train (5000,), y_test (1000,).
    """

    X_train: Array
    y_train: NDArray[np.int64]
    X_test: Array
    y_test: NDArray[np.int64]


def load_fashion_mnist() -> FashionMNIST:
    """The images as they are stored. FileNotFoundError says how to get a missing file back."""
    require(FASHION_MNIST, "make_fashion_mnist")
    with np.load(FASHION_MNIST, allow_pickle=False) as stored:
        return FashionMNIST(
            train=Split(stored["X_train"], stored["y_train"].astype(np.int64)),
            test=Split(stored["X_test"], stored["y_test"].astype(np.int64)),
        )


def scoreboard() -> Scoreboard:
    """Fashion-MNIST ready for a linear classifier; the test set is centred by the training mean."""
    train, test = load_fashion_mnist()
    mean = train.X.mean(axis=0)
    return Scoreboard(
        X_train=_centred(train.X, mean),
        y_train=train.y,
        X_test=_centred(test.X, mean),
        y_test=test.y,
    )


def mauna_loa_co2() -> Series:
    """Carbon dioxide in the air on Mauna Loa, March 1958 to December 2001, monthly means in ppm.

    A month's time is its middle: January 1960 is 1960 + 1/24. The five months without a measurement
    are left out: 521 remain. FileNotFoundError says how to get a missing file back.
    """
    require(MAUNA_LOA_CO2, "make_mauna_loa_co2")
    lines = MAUNA_LOA_CO2.read_text("utf8").split()[1:]
    measured = [line.split(",") for line in lines if not line.endswith(",")]
    time = [int(month[:4]) + (int(month[5:]) - 0.5) / 12 for month, _ in measured]
    return Series(np.array(time), np.array([float(ppm) for _, ppm in measured]))


def require(path: Path, tool: str) -> None:
    """FileNotFoundError, with what to do, for a file of the package that is gone."""
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing: reinstall lossland, or make the file again "
            f"with python -m tools.{tool} in the course's source"
        )


def _centred(X: NDArray[np.uint8], mean: Array) -> Array:
    return np.hstack([X - mean, np.ones((len(X), 1))])
