"""Augmentations against hand-made pictures and what each must keep."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lossland import augmentation as change

Images = np.ndarray
ALL: dict[str, Callable[[Images, np.random.Generator], Images]] = {
    "shift": lambda images, rng: change.shift(images, 2, rng),
    "scale": lambda images, rng: change.scale(images, 0.3, rng),
    "rotate": lambda images, rng: change.rotate(images, 30, rng),
    "crop": lambda images, rng: change.crop(images, 10, rng),
    "flip": change.flip,
    "jitter": lambda images, rng: change.jitter(images, 0.5, rng),
}


def blob(n: int = 6, side: int = 14) -> Images:
    """n equal pictures of an upright bar, off the middle, with nothing near the edges."""
    images = np.zeros((n, side, side))
    images[:, 4:9, 5:7] = 1.0
    return images


@pytest.mark.parametrize("name", ALL)
def test_each_picture_has_its_own_draw_and_inputs_stay(name: str) -> None:
    """Do equal pictures come out different, from the seed alone, and is the input untouched?"""
    images = blob(12)
    out = ALL[name](images, np.random.default_rng(0))
    assert out.shape == images.shape
    assert len({picture.tobytes() for picture in out}) > 1
    np.testing.assert_array_equal(images, blob(12))
    np.testing.assert_array_equal(out, ALL[name](images, np.random.default_rng(0)))


def test_shift_moves_by_whole_pixels_and_fills_with_ground() -> None:
    """Is every result one of the 25 shifted pictures, each about equally often?"""
    images = blob(5000)
    out = change.shift(images, 2, np.random.default_rng(1))
    seen: dict[bytes, int] = {}
    for picture in out:
        seen[picture.tobytes()] = seen.get(picture.tobytes(), 0) + 1
    expected = {
        np.roll(blob(1)[0], (down, across), (0, 1)).tobytes()
        for down in range(-2, 3)
        for across in range(-2, 3)
    }  # nothing leaves the picture, so rolling is shifting
    assert set(seen) == expected
    assert min(seen.values()) > 120
    edge = np.ones((200, 3, 3))
    assert change.shift(edge, 1, np.random.default_rng(0)).sum(axis=(1, 2)).min() == 4


def test_flip_mirrors_half_of_them() -> None:
    """Is each picture itself or its mirror image, both about equally often?"""
    images = blob(2000)
    out = change.flip(images, np.random.default_rng(0))
    mirrored = (out == images[:, :, ::-1]).all(axis=(1, 2))
    assert ((out == images).all(axis=(1, 2)) | mirrored).all()
    assert mirrored.mean() == pytest.approx(0.5, abs=0.05)


def test_scale_and_rotate_read_where_they_should() -> None:
    """Of a picture that is linear in its places, are the values those of the moved places?"""
    side = 9
    down, across = np.indices((side, side)) - 4.0
    plane = np.tile(3 + 0.2 * down + 0.1 * across, (50, 1, 1))
    inner = (slice(None), slice(3, 6), slice(3, 6))  # whose places stay inside
    rng = np.random.default_rng(4)
    factor = np.exp(-rng.uniform(-0.3, 0.3, 50))[:, None, None]
    found = change.scale(plane, 0.3, np.random.default_rng(4))
    expected = 3 + factor * (0.2 * down + 0.1 * across)
    np.testing.assert_allclose(found[inner], expected[inner], rtol=1e-12)

    turn = np.radians(np.random.default_rng(4).uniform(-30, 30, 50))[:, None, None]
    found = change.rotate(plane, 30, np.random.default_rng(4))
    new_down = np.cos(turn) * down - np.sin(turn) * across
    new_across = np.sin(turn) * down + np.cos(turn) * across
    expected = 3 + 0.2 * new_down + 0.1 * new_across
    np.testing.assert_allclose(found[inner], expected[inner], rtol=1e-12)


def test_crop_enlarges_a_window() -> None:
    """Are the corners of the result the corners of a window of the picture?"""
    images = np.random.default_rng(0).random((40, 14, 14))
    out = change.crop(images, 10, np.random.default_rng(1))
    for before, after in zip(images, out, strict=True):
        corners = after[[0, 0, -1, -1], [0, -1, 0, -1]]
        windows = [
            before[[t, t, t + 9, t + 9], [c, c + 9, c, c + 9]] for t in range(5) for c in range(5)
        ]
        assert min(np.abs(w - corners).max() for w in windows) < 1e-12
    np.testing.assert_allclose(change.crop(images, 14, np.random.default_rng(0)), images)


def test_jitter_keeps_the_shape_of_a_picture() -> None:
    """Is the result a straight-line function of the picture, with factors in the range?"""
    images = np.random.default_rng(0).random((30, 5, 5))
    out = change.jitter(images, 0.4, np.random.default_rng(1))
    for before, after in zip(images, out, strict=True):
        slope, offset = np.polyfit(before.ravel(), after.ravel(), 1)
        np.testing.assert_allclose(after, slope * before + offset, rtol=1e-10)
        assert 0.6 <= slope <= 1.4
        assert 0.6 <= after.mean() / before.mean() <= 1.4


def test_mixup_by_hand() -> None:
    """Are pictures and targets mixed by one share and one order, drawn in this order?"""
    X, targets = np.arange(12.0).reshape(3, 2, 2), np.eye(3)
    rng = np.random.default_rng(7)
    share, order = rng.beta(0.4, 0.4), rng.permutation(3)
    mixed, aims = change.mixup(X, targets, 0.4, np.random.default_rng(7))
    np.testing.assert_allclose(mixed, share * X + (1 - share) * X[order], rtol=1e-15)
    np.testing.assert_allclose(aims, share * targets + (1 - share) * targets[order], rtol=1e-15)


def test_cut_and_paste_mixes_targets_by_the_area() -> None:
    """Does each target have the part of its pixels that was kept, in one rectangle?"""
    images = np.arange(1.0, 5).reshape(4, 1, 1) * np.ones((4, 14, 14))  # picture k is all k
    for seed in range(60):
        pasted, aims = change.cut_and_paste(images, np.eye(4), 1.0, np.random.default_rng(seed))
        np.testing.assert_allclose(aims.sum(axis=1), 1, rtol=1e-14)
        for k, picture in enumerate(pasted):
            foreign = picture != k + 1
            other = picture[foreign]
            assert len(set(other)) <= 1
            if len(other):
                assert aims[k, k] == pytest.approx(1 - foreign.mean(), abs=1e-14)
                assert aims[k, int(other[0]) - 1] == pytest.approx(foreign.mean(), abs=1e-14)
                rows, columns = foreign.any(axis=1).sum(), foreign.any(axis=0).sum()
                assert rows * columns == len(other)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda rng: change.flip(np.ones((2, 4)), rng), r"\(n, h, w\)"),
        (lambda rng: change.shift(np.ones((2, 4, 4)), 4, rng), "0 … 3"),
        (lambda rng: change.crop(np.ones((2, 4, 4)), 5, rng), "2 … 4"),
        (lambda rng: change.mixup(np.ones((2, 4)), np.ones((3, 2)), 1.0, rng), "first axis"),
        (lambda rng: change.mixup(np.ones((2, 4)), np.ones((2, 2)), 0.0, rng), "above 0"),
    ],
)
def test_what_does_not_fit_is_named(call: Any, words: str) -> None:
    """Does a wrong shape or strength raise with what is needed?"""
    with pytest.raises(ValueError, match=words):
        call(np.random.default_rng(0))
