"""Make the file that installs the course's library: `python -m tools.library`.

A reader of the site has no clone of the repository; the site and every problem set's zip therefore
carry `lossland` as a wheel. It holds the library alone, with the widgets, and is made again when
the library has changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.common import (
    BUILD,
    ROOT,
    ToolError,
    files_below,
    fingerprint,
    read_stamp,
    run,
    write_stamp,
)

TARGET = BUILD / "extra" / "library"
STAMP = BUILD / "stamps" / "library"
LIBRARY = ROOT / "lossland"
DESCRIPTION = (
    *("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT.md"),
    "tools/lossland_backend.py",
)
EARLIEST = "315532800"  # 1980, the earliest time a zip can hold: equal contents, equal bytes


def shipped() -> list[Path]:
    """The library's files: everything but the widgets' sources, which are in their bundles."""
    sources = LIBRARY / "widgets" / "src"
    return [file for file in files_below(LIBRARY) if sources not in file.parents]


def main() -> None:
    """Build the wheel into the folder that the site copies, unless nothing has changed."""
    about = [ROOT / name for name in DESCRIPTION]
    wanted = fingerprint([*shipped(), *about])
    if read_stamp(STAMP) == wanted and len(list(TARGET.glob("*.whl"))) == 1:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in [*shipped(), *about]:
            target = folder / file.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        result = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"),
                *("--no-deps", "--no-index", "--no-build-isolation"),
                *("--wheel-dir", str(folder / "made"), str(folder)),
            ],
            env={**os.environ, "SOURCE_DATE_EPOCH": EARLIEST, "PYTHONPATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        made = list((folder / "made").glob("*.whl"))
        if result.returncode or len(made) != 1:
            reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise ToolError(f"pip could not make the library's wheel: {reason}")
        shutil.rmtree(TARGET, ignore_errors=True)
        TARGET.mkdir(parents=True)
        shutil.copyfile(made[0], TARGET / made[0].name)
    write_stamp(STAMP, wanted)
    print(f"The library's wheel is {next(TARGET.glob('*.whl')).relative_to(ROOT)}.")


if __name__ == "__main__":
    run(main)
