"""The hand-in file: the notebook as it is on disk, a manifest, and what must lie beside it.

The receipt is the SHA-256 of the manifest, which holds those of the files. So it stays the same
when a browser or a platform packs the files anew; apart from the time in it, the same input gives
the same bytes.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import io
import json
import os
import platform
import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from lossland.handin.notebook import HandInError, Notebook

FORMAT = "lossland hand-in 1"
MANIFEST = "manifest.json"
WHEN_PACKED = (1980, 1, 1, 0, 0, 0)
NO_NAME = re.compile(r"[^\w.@+-]+")


@dataclass(frozen=True)
class Packed:
    """A hand-in file that was written."""

    path: Path
    receipt: str


def manifest(
    notebook: Notebook,
    files: Mapping[str, bytes],
    *,
    assignment: str,
    student: str,
    now: datetime.datetime,
    tests: Mapping[str, str],
) -> bytes:
    """What is handed in, with hashes, versions and the outcome of the visible tests."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "assignment": assignment,
        "student": student,
        "notebook": next(iter(files)),
        "time": now.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        "saved": datetime.datetime.fromtimestamp(notebook.saved, datetime.UTC).isoformat(
            timespec="seconds"
        ),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        "versions": {
            "python": platform.python_version(),
            "system": platform.system(),
            **{name: _version(name) for name in ("lossland", "numpy", "matplotlib")},
        },
        "public_tests": dict(tests),
    }
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def receipt_of(data: bytes) -> str:
    """The receipt for a manifest."""
    return hashlib.sha256(data).hexdigest()


def pack(path: Path, content: bytes, files: Mapping[str, bytes]) -> Packed:
    """Write the hand-in file, whole or not at all."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in {MANIFEST: content, **files}.items():
            entry = zipfile.ZipInfo(name, WHEN_PACKED)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, data)
    try:
        handle, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        try:
            with open(handle, "wb") as file:
                file.write(packed.getvalue())
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise HandInError(f"{path} cannot be written: {error.strerror}; use --out DIR") from error
    return Packed(path, receipt_of(content))


def file_name(student: str, assignment: str) -> str:
    """``student-01-05-momentum.zip``; an id may hold what a file's name may not."""
    parts = [NO_NAME.sub("-", text).strip("-.") for text in (student, assignment)]
    return "-".join(part for part in parts if part) + ".zip"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
