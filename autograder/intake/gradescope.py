"""Gradescope's export: a folder a submission, and one YAML file that says whose they are.

A group's submission is each submitter's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from autograder.intake.archives import ArrivalError, Item
from autograder.intake.platforms import Bundle, Claims

METADATA = "submission_metadata.yml"
MAX_METADATA = 50_000_000
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""The one in C, where it was built: exports with results have many megabytes."""


def split(items: Iterable[Item]) -> tuple[list[Bundle], list[Item]]:
    """The bundles of every export among the items; what belongs to none stays over.

    Raises ArrivalError for a metadata file that cannot be read.
    """
    items = list(items)
    exports = {item.parts[:-1]: item for item in items if item.name == METADATA}
    if not exports:
        return [], items
    bundles, used = [], set()
    for top, metadata in exports.items():
        used.add(metadata.path)
        folders: dict[str, list[Item]] = defaultdict(list)
        for item in items:
            if item.parts[: len(top)] == top and len(item.parts) > len(top) + 1:
                folders[item.parts[len(top)]].append(item)
        for name, entry in _entries(metadata):
            files = folders.get(name, [])
            used.update(item.path for item in files)
            own = tuple(("/".join(item.parts[len(top) + 1 :]), item) for item in files)
            for claims in _submitters(entry):
                bundles.append(
                    Bundle("gradescope", name, claims, own, time=_text(entry, "created_at"))
                )
    return bundles, [item for item in items if item.path not in used]


def _entries(metadata: Item) -> Iterator[tuple[str, dict[Any, Any]]]:
    try:
        # Every value as the text that stands there: the file is Ruby's, with kinds of its own.
        text = metadata.read(MAX_METADATA).decode("utf-8-sig", "replace")
        content = yaml.load(text, Loader=LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        raise ArrivalError(
            f"{metadata.source}: {METADATA} cannot be read: download the export again"
        ) from error
    if not isinstance(content, dict):
        raise ArrivalError(f"{metadata.source}: {METADATA} holds no list of submissions")
    for name, entry in content.items():
        if isinstance(name, str) and isinstance(entry, dict):
            yield name, entry


def _submitters(entry: dict[Any, Any]) -> list[Claims]:
    found = entry.get(":submitters", entry.get("submitters"))
    claims = []
    for each in found if isinstance(found, list) else []:
        if isinstance(each, dict):
            sid, email, name = (_text(each, key) for key in ("sid", "email", "name"))
            claims.append(
                Claims(
                    ids=tuple(text for text in (sid,) if text),
                    emails=tuple(text for text in (email,) if text),
                    names=tuple(text for text in (name,) if text),
                )
            )
    return claims or [Claims()]


def _text(entry: dict[Any, Any], key: str) -> str:
    value = entry.get(f":{key}", entry.get(key, ""))
    return value.strip() if isinstance(value, str) and value not in ("~", "null") else ""
