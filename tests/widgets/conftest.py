"""Node.js for the mathematics, the bundles and a Chromium for the pages."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lossland.widgets.base import STATIC
from tests.site.browser import browser  # noqa: F401 (the fixture)
from tools.build import build_widgets
from tools.vendor import node_program

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def node(bundles: Path) -> Callable[[object], Any]:
    """``node(questions)`` gives the kit's answers: one run of Node.js, JSON in and out.

    It asks for the bundles only because D3 lies in the folder that they are made with.
    """

    def ask(questions: object) -> Any:
        done = subprocess.run(
            [node_program(), str(HERE / "answers.mjs")],
            input=json.dumps(questions),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


@pytest.fixture(scope="session")
def bundles() -> Path:
    """The folder of the bundled widgets, made anew when a source has changed."""
    build_widgets()
    return STATIC
