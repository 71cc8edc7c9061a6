"""The script behind the data file, on files small enough to check by hand."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from lossland.datasets import load_fashion_mnist
from tools import make_fashion_mnist as script


def test_means_of_squares() -> None:
    """Is every 2×2 square replaced by its mean, a half rounded to the even number?"""
    image = np.array([[[0, 1, 10, 10], [2, 3, 11, 11], [255] * 4, [255, 255, 254, 255]]], np.uint8)
    # means 1.5, 10.5, 255, 254.75
    assert script.shrink(image).tolist() == [[2, 10, 255, 255]]


def test_first_of_each_class() -> None:
    """Are the first of every class kept, in the order of the file?"""
    labels = np.array([3, 3, *range(10), *range(10), *range(10)], np.uint8)
    kept = script.first_of_each_class(labels, 2)
    assert kept.tolist() == [0, 1, *(i for i in range(2, 22) if labels[i] != 3)]


def test_reads_idx(tmp_path: Path) -> None:
    """Are magic number, sizes and bytes of the IDX format understood?"""
    file = tmp_path / "tiny.gz"
    header = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3])
    file.write_bytes(gzip.compress(header + bytes([1, 2, 3, 4, 5, 6])))
    assert script.read_idx(file, script.IMAGES_MAGIC).tolist() == [[[1, 2, 3]], [[4, 5, 6]]]
    with pytest.raises(RuntimeError, match=r"tiny\.gz starts with 0x0803, not 0x0801"):
        script.read_idx(file, script.LABELS_MAGIC)


def test_makes_the_same_bytes_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Does the script write equal files from equal sources, and the notice beside them?"""
    root = tmp_path / "root"
    (root / script.FOLDER).mkdir(parents=True)
    (root / script.COPYRIGHT).parent.mkdir(parents=True)
    (root / script.COPYRIGHT).write_text("the licence")
    labels = np.repeat(np.arange(10, dtype=np.uint8), 500)
    images = np.random.default_rng(0).integers(0, 256, (5000, 28, 28), dtype=np.uint8)
    for prefix in ("train", "t10k"):
        for kind, sizes, body in (
            ("images-idx3", (0x0803, 5000, 28, 28), images),
            ("labels-idx1", (0x0801, 5000), labels),
        ):
            content = np.array(sizes, ">u4").tobytes() + body.tobytes()
            file = root / script.FOLDER / f"{prefix}-{kind}-ubyte.gz"
            file.write_bytes(gzip.compress(content, compresslevel=1))
    monkeypatch.setattr(script, "unpack", lambda folder: root)
    first, second = tmp_path / "one" / "a.npz", tmp_path / "two" / "b.npz"
    script.make(first)
    script.make(second)
    assert first.read_bytes() == second.read_bytes()
    assert first.with_name("NOTICE-fashion-mnist.txt").read_text() == "the licence"
    with np.load(first) as stored:
        real = load_fashion_mnist()
        assert {name: stored[name].shape for name in stored} == {
            "X_train": real.train.X.shape,
            "y_train": real.train.y.shape,
            "X_test": real.test.X.shape,
            "y_test": real.test.y.shape,
        }


def test_without_apt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Does a machine without apt get one clear line and exit status 1?"""
    monkeypatch.setattr(script.shutil, "which", lambda program: None)
    monkeypatch.setattr("sys.argv", ["make_fashion_mnist", str(tmp_path / "x.npz")])
    with pytest.raises(SystemExit) as caught:
        script.main()
    message = str(caught.value.code)
    assert message.startswith("make_fashion_mnist: apt-get is not on this machine")
    assert "\n" not in message
    assert not list(tmp_path.iterdir())


def test_failing_program(tmp_path: Path) -> None:
    """Is a failing command reported with its own last line?"""
    with pytest.raises(RuntimeError, match=r"failed: .*no-such-file"):
        script.run("ls", "no-such-file", cwd=tmp_path)
