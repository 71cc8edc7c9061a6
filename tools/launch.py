"""Lay out what launch buttons open: `python -m tools.launch FOLDER`.

FOLDER gets the chapters' notebooks as the built site offers them, the course's library as a
wheel, and a requirements.txt that installs it, which Binder reads. It is to be a branch of its own,
called `notebooks`, of the repository that _config.yml names; the workflow pushes it.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from tools.common import SITE, ToolError, run

README = """# The notebooks of Lossland

Made from the book with every change of it; nothing is written here. `requirements.txt` installs the
course's library from the file beside it.
"""


def lay_out(site: Path, folder: Path) -> int:
    """Fill the folder, which must be empty or new; the number of notebooks."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ToolError(f"{folder} is not an empty folder: name another, or remove it.")
    notebooks = sorted((site / "notebooks").glob("*.ipynb"))
    wheels = list((site / "library").glob("*.whl"))
    if not notebooks or len(wheels) != 1:
        raise ToolError("The site is not built yet: run make first.")
    folder.mkdir(parents=True, exist_ok=True)
    for file in (*notebooks, *wheels):
        shutil.copyfile(file, folder / file.name)
    (folder / "requirements.txt").write_text(f"./{wheels[0].name}\n", "utf8")
    (folder / "README.md").write_text(README, "utf8")
    return len(notebooks)


def main() -> None:
    """Lay the branch out."""
    parser = argparse.ArgumentParser(prog="python -m tools.launch", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    folder = parser.parse_args().folder
    print(f"{lay_out(SITE, folder)} notebooks and the library are in {folder}.")


if __name__ == "__main__":
    run(main)
