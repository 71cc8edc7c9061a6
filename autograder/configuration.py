"""One call in a course's ``nbgrader_config.py`` makes nbgrader grade through the judge::

    c = get_config()
    c.CourseDirectory.course_id = "my-course"

    from autograder.configuration import configure
    configure(c)

Only names are set here, nothing is imported: nbgrader reads its configuration for every command.
"""

from __future__ import annotations

from typing import Any

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
    # A student's Markdown is shown to the instructor without scripts.
    c.HTMLExporter.filters = {"markdown2html": "autograder.pages.markdown.safe_html"}
    # The answers and the named mistakes lie beside the source notebook.
    c.CourseDirectory.ignore.extend(["mistakes.py", "alternatives.py"])
