"""A notebook's cells out of the bytes of a file, whatever has happened to it.

No library that expects a valid notebook sees the bytes.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any

from autograder.errors import SubmissionError

MAX_CONTAINERS = 1_000_000
MAX_CELLS = 2_000
MAX_SOURCE_CHARACTERS = 2_000_000
SAVE_AGAIN = "open it in Jupyter, save it and hand it in again"
# What a written answer may hold beside text, with the first bytes that prove it.
PICTURES = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}
KINDS = {"code": "code", "markdown": "markdown", "raw": "raw", "heading": "markdown",
         "html": "markdown"}  # fmt: skip


@dataclass(frozen=True)
class RawCell:
    """What is worth keeping of a submitted cell; ``kind`` is code, markdown or raw."""

    kind: str
    source: str
    settings: dict[str, Any] = field(default_factory=dict)
    """nbgrader's metadata as submitted: a claim, nothing more."""
    tags: tuple[str, ...] = ()
    id: str = ""
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def claim(self) -> str:
        """The grade_id that the cell says it has."""
        name = self.settings.get("grade_id", "")
        return name if isinstance(name, str) else ""


@dataclass(frozen=True)
class RawNotebook:
    """A submitted notebook's cells and what had to be mended to read them."""

    cells: tuple[RawCell, ...]
    kernel: str = ""
    repairs: tuple[str, ...] = ()


def parse(data: bytes, name: str) -> RawNotebook:
    """The cells of a notebook of any format, old or new, valid or not.

    Raises SubmissionError when there is no list of cells in it.
    """
    text, repairs = _decode(data, name)
    document = _load(text, name, repairs)
    cells = _cells_of(document, name, repairs)
    if not cells:
        raise SubmissionError(f"{name} holds no cells: it is empty")
    if len(cells) > MAX_CELLS:
        raise SubmissionError(f"{name} holds {len(cells)} cells, the limit is {MAX_CELLS}")
    found = tuple(
        cell
        for index, data in enumerate(cells)
        if (cell := _cell(data, index + 1, repairs)) is not None
    )
    if sum(len(cell.source) for cell in found) > MAX_SOURCE_CHARACTERS:
        raise SubmissionError(
            f"{name} holds more than {MAX_SOURCE_CHARACTERS:,} characters of text in its cells"
        )
    metadata = document.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    kernel_name = kernel.get("name", "") if isinstance(kernel, dict) else ""
    return RawNotebook(found, str(kernel_name)[:80], tuple(dict.fromkeys(repairs)))


def _decode(data: bytes, name: str) -> tuple[str, list[str]]:
    if not data.strip(b"\0 \t\r\n"):
        raise SubmissionError(f"{name} is empty ({len(data)} bytes)")
    if data.count(b"[") + data.count(b"{") > MAX_CONTAINERS:
        raise SubmissionError(f"{name} has too many lists in it to be a notebook")
    encoding: str = json.detect_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        text = data.decode(encoding, "replace")
    if encoding == "utf-8":
        return text, []
    if encoding == "utf-8-sig":
        return text, ["the file began with a byte order mark; it was ignored"]
    return text.lstrip("\ufeff"), [f"the file was not UTF-8; it was read as {encoding.upper()}"]


def _load(text: str, name: str, repairs: list[str]) -> dict[str, Any]:
    text = text.strip("\0 \t\r\n")
    try:
        document, end = json.JSONDecoder(strict=False).raw_decode(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        cut = "" if text.endswith("}") else " (it looks cut off)"
        raise SubmissionError(f"{name} is not valid JSON at {where}{cut}: {SAVE_AGAIN}") from None
    except (RecursionError, ValueError, MemoryError):
        raise SubmissionError(f"{name} is JSON that no notebook has: {SAVE_AGAIN}") from None
    if not isinstance(document, dict):
        raise SubmissionError(f"{name} is JSON but no notebook: {SAVE_AGAIN}")
    if text[end:].strip():
        repairs.append("text after the notebook's end was ignored")
    return document


def _cells_of(document: dict[str, Any], name: str, repairs: list[str]) -> list[Any]:
    version, minor = document.get("nbformat"), document.get("nbformat_minor", 0)
    cells = document.get("cells")
    sheets = document.get("worksheets")
    if not isinstance(cells, list) and isinstance(sheets, list):
        cells = [
            cell
            for sheet in sheets
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
    if not isinstance(cells, list):
        raise SubmissionError(f"{name} is JSON but no notebook, it has no cells: {SAVE_AGAIN}")
    if not isinstance(version, int) or isinstance(version, bool):
        repairs.append("the notebook's format number was missing")
    elif version < 4:
        repairs.append(f"the notebook had the old format {version}; it was read as such")
    elif version > 4 or (isinstance(minor, int) and minor > 5):
        repairs.append(f"the notebook had the unknown format {version}.{minor}; read as 4.5")
    return cells


def _cell(data: Any, number: int, repairs: list[str]) -> RawCell | None:
    if not isinstance(data, dict):
        repairs.append(f"cell {number} was no cell; it was left out")
        return None
    metadata = data.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    settings = metadata.get("nbgrader")
    tags = metadata.get("tags")
    kind, source = _kind_and_source(data, number, repairs)
    return RawCell(
        kind=kind,
        source=source,
        settings=settings if isinstance(settings, dict) else {},
        tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
        id=data["id"] if isinstance(data.get("id"), str) else "",
        attachments=_pictures(data.get("attachments")),
    )


def _kind_and_source(data: dict[str, Any], number: int, repairs: list[str]) -> tuple[str, str]:
    named = data.get("cell_type")
    kind = KINDS.get(named, "") if isinstance(named, str) else ""
    if not kind:
        kind = "raw"
        shown = f"the unknown type {named[:40]!r}" if isinstance(named, str) else "no type"
        repairs.append(f"cell {number} has {shown}; it was kept as text and not run")
    source = data.get("source", data.get("input"))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        repairs.append(f"the text of cell {number} was no text; it was left out")
        source = ""
    if named == "heading":
        level = data.get("level", 1)
        source = "#" * (level if isinstance(level, int) and 0 < level < 7 else 1) + " " + source
    clean = re.sub("[\ud800-\udfff]", "\ufffd", source)
    if clean != source:
        repairs.append(f"cell {number} held broken characters; they were replaced")
    return kind, clean.replace("\r\n", "\n").replace("\r", "\n")


def _pictures(attachments: Any) -> dict[str, dict[str, str]]:
    """Pasted pictures of a written answer; anything else that is attached is left out."""
    if not isinstance(attachments, dict):
        return {}
    kept: dict[str, dict[str, str]] = {}
    for name, forms in attachments.items():
        for mime, text in forms.items() if isinstance(forms, dict) else ():
            if mime in PICTURES and isinstance(text, str) and _is_picture(text, PICTURES[mime]):
                kept.setdefault(name, {})[mime] = text
    return kept


def _is_picture(text: str, beginnings: tuple[bytes, ...]) -> bool:
    try:
        return base64.b64decode(text, validate=True).startswith(beginnings)
    except (binascii.Error, ValueError):
        return False
