"""What is nobody's yet: kept with the reason, until it finds its student."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.batch.store import dump_json, publish
from autograder.intake import contents
from autograder.intake.archives import ArrivalError, Item
from autograder.intake.journal import packed, safe_name

FOLDER = "unplaced"
REASONS = "reasons.json"


class Unplaced:
    """The folder with what could not be placed; ``reasons.json`` tells why."""

    def __init__(self, journal_folder: Path, limit: int, mode: int) -> None:
        self.folder = journal_folder / FOLDER
        self.mode = mode
        self.limit = limit
        self.reasons = self._read()

    def keep(self, what: str, why: str, items: Sequence[Item], now: str) -> None:
        """Keep the files of a bundle, and say why they are here."""
        files = self._files(items)
        if not files:
            return
        if len(files) == 1:
            (own,) = files
            name = f"{self._beginning(files)}{safe_name(own)}"
            data = files[own]
        else:
            name = f"{self._beginning(files)}{safe_name(what)}.zip"
            data = packed(contents.Contents(files))
        publish(self.folder / name, data, self.mode)
        self.reasons[name] = {"what": what, "why": why, "source": items[0].source, "time": now}
        self._write()

    def forget(self, items: Sequence[Item]) -> None:
        """Take away what has found its student now: it is among the versions."""
        if not self.reasons:
            return
        beginning = self._beginning(self._files(items))
        gone = [name for name in self.reasons if name.startswith(beginning)]
        for name in gone:
            (self.folder / name).unlink(missing_ok=True)
            del self.reasons[name]
        if gone:
            self._write()

    def _files(self, items: Sequence[Item]) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        left = self.limit
        for item in items:
            with contextlib.suppress(ArrivalError):
                data = item.read(left)
                left -= len(data)
                files[item.path] = data
        return files

    @staticmethod
    def _beginning(files: dict[str, bytes]) -> str:
        return f"{contents.digest(files)[:12]}-"

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads((self.folder / REASONS).read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self) -> None:
        publish(self.folder / REASONS, dump_json(self.reasons), self.mode)
