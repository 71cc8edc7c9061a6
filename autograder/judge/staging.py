"""Copies of data files, written for one process and gone with it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

READABLE_FILE, READABLE_FOLDER = 0o644, 0o755


def stage(folder: Path, *layers: Mapping[str, bytes]) -> dict[str, str]:
    """Write the files, a later layer over an earlier one; the entries of the folder by name.

    A name is a path below ``folder``. One that leads elsewhere, or that cannot be written, is
    left out: the first layer may be what a student handed in.
    """
    folder.mkdir(mode=READABLE_FOLDER, parents=True, exist_ok=True)
    folder.chmod(READABLE_FOLDER)
    for files in layers:
        for name, data in files.items():
            parts = PurePosixPath(name).parts
            if parts and not {"..", "/"} & set(parts):
                with contextlib.suppress(OSError, ValueError):
                    _write(folder, parts, data)
    return {entry.name: str(entry.resolve()) for entry in folder.iterdir()}


def _write(folder: Path, parts: tuple[str, ...], data: bytes) -> None:
    for part in parts[:-1]:
        folder = folder / part
        folder.mkdir(exist_ok=True)
        folder.chmod(READABLE_FOLDER)
    path = folder / parts[-1]
    path.write_bytes(data)
    path.chmod(READABLE_FILE)
