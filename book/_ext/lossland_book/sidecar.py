"""What is known of a page only while Sphinx resolves it, kept for the pages it does not read again.

The files lie with Sphinx's own trees and go with them, so that a page has either both or neither.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx


def place(app: Sphinx, kind: str, docname: str) -> Path:
    """Where the page's file of a kind lies."""
    return Path(app.doctreedir) / "lossland" / kind / f"{docname}.json"


def keep(app: Sphinx, kind: str, docname: str, content: Any) -> None:
    """Remember the content, which JSON must be able to hold."""
    path = place(app, kind, docname)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), "utf8")


def recall(app: Sphinx, kind: str, docname: str) -> Any:
    """What was remembered, or None."""
    path = place(app, kind, docname)
    return json.loads(path.read_text("utf8")) if path.is_file() else None
