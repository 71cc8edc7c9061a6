"""Make lossland/data/fashion-mnist-14x14.npz again from Debian's package.

    python -m tools.make_fashion_mnist [FILE]

Downloads Debian's ``dataset-fashion-mnist`` with apt, unpacks it into a temporary folder (nothing
is installed), keeps the first 500 images of each class in the order of the training file and the
first 100 of each class in the order of the test file, shrinks 28×28 to 14×14 by the mean of each
2×2 square, and writes the result with the package's copyright notice beside it.

The decoded arrays are the same on every machine. The file's own bytes depend on the zlib that
compresses them; all else in it is fixed.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lossland.datasets import FASHION_MNIST

PACKAGE = "dataset-fashion-mnist"
FOLDER = Path("usr/share/datasets/fashion-mnist")
COPYRIGHT = Path("usr/share/doc") / PACKAGE / "copyright"
CLASSES = 10
# The file's magic number tells the kind of its entries and the number of its axes.
IMAGES_MAGIC, LABELS_MAGIC = 0x0803, 0x0801


def main() -> None:
    """Download, shrink, write; every failure is one line and exit status 1."""
    parser = argparse.ArgumentParser(description="Make the course's Fashion-MNIST file again.")
    parser.add_argument("file", nargs="?", type=Path, default=FASHION_MNIST)
    target: Path = parser.parse_args().file
    try:
        make(target)
    except (RuntimeError, OSError) as error:
        sys.exit(f"make_fashion_mnist: {error}")


def make(target: Path) -> None:
    """Write ``target`` and the notice beside it. RuntimeError when apt or dpkg cannot help."""
    with tempfile.TemporaryDirectory() as temporary:
        root = unpack(Path(temporary))
        arrays: dict[str, NDArray[np.uint8]] = {}
        for part, prefix, each in (("train", "train", 500), ("test", "t10k", 100)):
            images = read_idx(root / FOLDER / f"{prefix}-images-idx3-ubyte.gz", IMAGES_MAGIC)
            labels = read_idx(root / FOLDER / f"{prefix}-labels-idx1-ubyte.gz", LABELS_MAGIC)
            kept = first_of_each_class(labels, each)
            print(f"{part}: {len(labels)} images, {len(kept)} kept, {each} of each class")
            arrays[f"X_{part}"] = shrink(images[kept])
            arrays[f"y_{part}"] = labels[kept]
        target.parent.mkdir(parents=True, exist_ok=True)
        # numpy writes a fixed date into the archive, so equal arrays give equal bytes.
        np.savez_compressed(target, **arrays)  # type: ignore[arg-type]
        notice = target.with_name("NOTICE-fashion-mnist.txt")
        shutil.copyfile(root / COPYRIGHT, notice)
    print(f"wrote {target} ({target.stat().st_size} bytes) and {notice}")


def unpack(folder: Path) -> Path:
    """Fetch the package into ``folder`` and return the root of its unpacked files."""
    for program in ("apt-get", "dpkg"):
        if shutil.which(program) is None:
            raise RuntimeError(
                f"{program} is not on this machine: run this on Debian or Ubuntu, where the "
                f"package {PACKAGE} can be downloaded"
            )
    print(f"downloading Debian's package {PACKAGE}")
    run("apt-get", "download", PACKAGE, cwd=folder)
    package = next(folder.glob(f"{PACKAGE}_*.deb"))
    print(f"unpacking {package.name}")
    run("dpkg", "-x", package.name, "files", cwd=folder)
    return folder / "files"


def run(*command: str, cwd: Path) -> None:
    """Run a program; RuntimeError with the last line of what it complained about."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        complaint = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise RuntimeError(f"{' '.join(command)} failed: {complaint}")


def read_idx(file: Path, magic: int) -> NDArray[np.uint8]:
    """The array in a gzipped IDX file of unsigned bytes: magic number, sizes, entries."""
    content = gzip.decompress(file.read_bytes())
    axes = magic & 0xFF
    found, *sizes = np.frombuffer(content, dtype=">u4", count=1 + axes).tolist()
    if found != magic:
        raise RuntimeError(f"{file.name} starts with {found:#06x}, not {magic:#06x}")
    return np.frombuffer(content, dtype=np.uint8, offset=4 * (1 + axes)).reshape(sizes)


def first_of_each_class(labels: NDArray[np.uint8], each: int) -> NDArray[np.int64]:
    """Rows of the first ``each`` examples of every class, in the order of the file."""
    rows = [np.flatnonzero(labels == c)[:each] for c in range(CLASSES)]
    return np.sort(np.concatenate(rows))


def shrink(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mean of each 2×2 square, rounded half to even: (n, 28, 28) becomes (n, 196)."""
    n, height, width = images.shape
    squares = images.reshape(n, height // 2, 2, width // 2, 2)
    small: NDArray[np.uint8] = np.rint(squares.mean(axis=(2, 4))).astype(np.uint8)
    return small.reshape(n, -1)


if __name__ == "__main__":
    main()
