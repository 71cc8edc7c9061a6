"""What the site's tools share: where things lie, fingerprints, and errors of one line."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "_build"
SITE = BUILD / "html"
VENDOR = BUILD / "extra" / "vendor"  # `_build/extra` is copied into the site as it is
IGNORED = {"__pycache__", ".ipynb_checkpoints", ".mypy_cache", ".ruff_cache"}


class ToolError(Exception):
    """What went wrong and what to do next, in one line."""


def run(main: Callable[[], None]) -> None:
    """Call `main`; a ToolError ends the program with its one line and exit code 1."""
    try:
        main()
    except ToolError as error:
        sys.exit(str(error))


def files_below(*paths: Path) -> list[Path]:
    """All files at or below the paths, in a fixed order, without caches."""
    found: set[Path] = set()
    for path in paths:
        candidates = path.rglob("*") if path.is_dir() else [path]
        found.update(p for p in candidates if p.is_file() and not IGNORED & set(p.parts))
    return sorted(found)


def fingerprint(files: Iterable[Path], *extra: str) -> str:
    """A hash over the files' names and contents and over further texts."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file).encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    for text in extra:
        digest.update(f"\0{text}".encode())
    return digest.hexdigest()


def read_stamp(path: Path) -> str:
    """The stamp's text, or nothing where there is no stamp yet."""
    return path.read_text("utf8") if path.is_file() else ""


def write_stamp(path: Path, text: str) -> None:
    """Remember that what the fingerprint `text` describes is done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf8")
