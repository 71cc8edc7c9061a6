"""The stored images and the series: the right ones, complete, balanced, ready for use."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from lossland import datasets
from lossland.datasets import (
    CLASS_NAMES,
    FASHION_MNIST,
    MAUNA_LOA_CO2,
    load_fashion_mnist,
    mauna_loa_co2,
    scoreboard,
)

FILE = "a709160e09ace8b1234f80dcc01f811903132ab4407b2a2a138b36108c5c2b5d"
# of X_train, y_train, X_test, y_test as uint8, one after the other, made from Debian's
# dataset-fashion-mnist 0.0~git20200523.55506a9-1
CONTENT = "b77f252c750fa09b48505b936d558b34630b6371519dbf067fb14356857de9eb"
SERIES = "d523dc2de62968bdcc9e2a89ccf5b8106ee810f76d2d3669b4f36c0f2159929e"  # statsmodels 0.15.0


def test_file_is_the_recorded_one() -> None:
    """Is the file on disk, byte for byte, the one that was checked?"""
    assert hashlib.sha256(FASHION_MNIST.read_bytes()).hexdigest() == FILE
    assert FASHION_MNIST.stat().st_size < 850_000


def test_content_is_the_recorded_one() -> None:
    """Are the decoded pixels and labels the recorded ones, however they are compressed?"""
    train, test = load_fashion_mnist()
    content = hashlib.sha256()
    for array in (*train, *test):
        content.update(array.astype(np.uint8).tobytes())
    assert content.hexdigest() == CONTENT


def test_shapes_and_classes() -> None:
    """Are there 500 training and 100 test images of 196 bytes for each of ten classes?"""
    train, test = load_fashion_mnist()
    for split, each in ((train, 500), (test, 100)):
        assert split.X.shape == (10 * each, 196)
        assert split.X.dtype == np.uint8
        assert split.y.dtype == np.int64
        assert np.bincount(split.y).tolist() == [each] * 10
    assert len(CLASS_NAMES) == 10


def test_images_are_what_their_labels_say() -> None:
    """Do the mean images look like their classes: wide pullovers, a gap between trouser legs?"""
    train, _ = load_fashion_mnist()
    mean = {
        name: train.X[train.y == c].mean(axis=0).reshape(14, 14)
        for c, name in enumerate(CLASS_NAMES)
    }
    covered = {name: (image > 100).mean() for name, image in mean.items()}
    assert covered["pullover"] > 2 * covered["trouser"]
    legs = mean["trouser"][11]
    assert legs[6:8].max() < 0.8 * legs.max()
    shoe = mean["ankle boot"]
    assert shoe[10:].sum() > 1.5 * shoe[:4].sum()


def test_licence_lies_beside_the_data() -> None:
    """Does the package carry the copyright notice that the licence asks for?"""
    notice = FASHION_MNIST.with_name("NOTICE-fashion-mnist.txt").read_text(encoding="utf-8")
    assert "2017, Zalando SE" in notice
    assert "Permission is hereby granted, free of charge" in notice


def test_scoreboard() -> None:
    """Are the images float64, centred by the training mean, with a column of ones?"""
    board, raw = scoreboard(), load_fashion_mnist()
    assert board.X_train.shape == (5000, 197)
    assert board.X_test.shape == (1000, 197)
    assert board.X_train.dtype == board.X_test.dtype == np.float64
    np.testing.assert_allclose(board.X_train[:, :-1].mean(axis=0), 0, atol=1e-10)
    assert (board.X_train[:, -1] == 1).all()
    assert (board.X_test[:, -1] == 1).all()
    shift = raw.test.X - board.X_test[:, :-1]
    np.testing.assert_allclose(shift, np.tile(raw.train.X.mean(axis=0), (1000, 1)), atol=1e-10)
    np.testing.assert_array_equal(board.y_train, raw.train.y)
    np.testing.assert_array_equal(board.y_test, raw.test.y)


def test_missing_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Does a missing file give one line that names it and the next step?"""
    monkeypatch.setattr(datasets, "FASHION_MNIST", tmp_path / "gone.npz")
    with pytest.raises(FileNotFoundError) as caught:
        load_fashion_mnist()
    message = str(caught.value)
    assert "gone.npz is missing" in message
    assert "python -m tools.make_fashion_mnist" in message
    assert "\n" not in message


def test_series_is_the_recorded_one() -> None:
    """Is the series, byte for byte, the one that was checked, with its licence beside it?"""
    assert hashlib.sha256(MAUNA_LOA_CO2.read_bytes()).hexdigest() == SERIES
    notice = MAUNA_LOA_CO2.with_name("NOTICE-mauna-loa-co2.txt").read_text(encoding="utf-8")
    assert "This is public domain." in notice
    assert "Keeling, C.D. and T.P. Whorf. 2004." in notice


def test_series() -> None:
    """Are there 526 months less five, in order, rising by 1.3 ppm a year with a breath of 6 ppm?"""
    time, ppm = mauna_loa_co2()
    assert time.shape == ppm.shape == (44 * 12 - 2 - 5,)
    assert (time[0], time[-1]) == (1958 + 2.5 / 12, 2001 + 11.5 / 12)
    steps = np.round(np.diff(time) * 12).astype(int)
    assert np.bincount(steps).tolist() == [0, 517, 2, 0, 1]  # June, October 1958; spring 1964
    slope, _ = np.polyfit(time, ppm, 1)
    assert slope == pytest.approx(1.3, abs=0.05)
    year = ppm[(time > 1990) & (time < 1991)]
    assert year.argmax() == 4  # in May, before the leaves of the north grow
    assert 5 < np.ptp(year) < 7


def test_missing_series(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Does a missing file give one line that names it and the next step?"""
    monkeypatch.setattr(datasets, "MAUNA_LOA_CO2", tmp_path / "gone.csv")
    with pytest.raises(FileNotFoundError, match=r"gone\.csv is missing.*make_mauna_loa_co2"):
        mauna_loa_co2()
