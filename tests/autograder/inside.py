"""What a cell prints inside a sandbox, for the tests of what happens there."""

from __future__ import annotations

import textwrap

from autograder.limits import Limits
from autograder.sandbox.client import Sandbox
from autograder.sandbox.walls import Plan


def printed(code: str, limits: Limits, plan: Plan | None = None) -> str:
    """What one cell prints, or its error."""
    with Sandbox(plan or Plan(), limits) as sandbox:
        (output,) = sandbox.run_notebook([(0, textwrap.dedent(code))])
    return output.text + output.error
