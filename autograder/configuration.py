"""One call in a course's ``nbgrader_config.py`` makes nbgrader grade through the judge::

    c = get_config()
    c.CourseDirectory.course_id = "my-course"

    from autograder.configuration import configure
    configure(c)

Only names are set here, nothing is imported: nbgrader reads its configuration for every command.
"""

from __future__ import annotations

import glob
import logging
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PAGES = Path(__file__).parent / "pages" / "templates"
SANITIZE = ["nbgrader.preprocessors.CheckCellMetadata"]
LOG = logging.getLogger(__name__)
AUTOGRADE = [
    "autograder.preprocessors.Judge",
    "nbgrader.preprocessors.CheckCellMetadata",
]


def configure(c: Any) -> None:
    """Let nbgrader's ``autograde``, ``generate_feedback``, ``export`` and formgrader use it.

    Call it after the course's own settings of ``CourseDirectory.ignore``.
    """
    # Damaged notebooks are repaired before nbconvert reads them, not after.
    c.Autograde.exporter_class = "autograder.preprocessors.RepairingExporter"
    c.Autograde.sanitize_preprocessors = list(SANITIZE)
    c.Autograde.autograde_preprocessors = list(AUTOGRADE)
    c.ExportApp.plugin_class = "autograder.batch.exporting.GradesExporter"
    c.GenerateFeedback.exporter_class = "autograder.pages.feedback.FeedbackExporter"
    if "plugin_class" not in c.AssignLatePenalties:
        c.AssignLatePenalties.plugin_class = "autograder.batch.lateness.LateRule"
    # What a student wrote is shown to the instructor without anything that acts.
    c.HTMLExporter.filters = {
        "markdown2html": "autograder.pages.markdown.safe_html",
        "strip_files_prefix": "autograder.pages.markdown.framed",
        "highlight_code": "autograder.pages.markdown.highlighted",
    }
    # formgrader's page gets a content-security policy in front of its own template.
    stock = str(_formgrader())
    c.HTMLExporter.extra_template_basedirs = [str(PAGES), stock]
    c.HTMLExporter.extra_template_paths = [stock]
    # The answers and the named mistakes lie beside the source notebook.
    c.CourseDirectory.ignore.extend(["mistakes.py", "alternatives.py"])
    root = str(c.CourseDirectory.get("root") or os.getcwd())
    if glob.has_magic(root):
        LOG.warning(
            "%s: nbgrader takes the signs [ ] * ? in a course's path for a pattern and finds no "
            "notebooks there: grade with `python -m autograder grade`, or rename the folder",
            root,
        )


def _formgrader() -> Path:
    """Where nbgrader keeps formgrader's templates."""
    spec = find_spec("nbgrader")
    folder = Path(spec.origin or "").parent if spec else Path()
    return folder / "server_extensions" / "formgrader" / "templates"
