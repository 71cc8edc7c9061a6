"""One call in a course's ``nbgrader_config.py`` makes nbgrader grade through the judge::

    c = get_config()
    c.CourseDirectory.course_id = "my-course"

    from autograder.configuration import configure
    configure(c)

Only names are set here, nothing is imported: nbgrader reads its configuration for every command.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

PAGES = Path(__file__).parent / "pages" / "templates"
SANITIZE = ["nbgrader.preprocessors.CheckCellMetadata"]
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


def _formgrader() -> Path:
    """Where nbgrader keeps formgrader's templates."""
    spec = find_spec("nbgrader")
    folder = Path(spec.origin or "").parent if spec else Path()
    return folder / "server_extensions" / "formgrader" / "templates"
