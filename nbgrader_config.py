"""The course for nbgrader: where everything lies, and that the judge does the grading."""

from pathlib import Path

from autograder.configuration import configure

root = Path(__file__).resolve().parent
c = get_config()  # noqa: F821 (nbgrader's loader defines it)

c.CourseDirectory.course_id = "lossland"
c.CourseDirectory.root = str(root)

# Sources and released notebooks are part of the project; everything about students is not,
# and lies in one folder that git ignores.
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.submitted_directory = "_course/submitted"
c.CourseDirectory.autograded_directory = "_course/autograded"
c.CourseDirectory.feedback_directory = "_course/feedback"
c.CourseDirectory.solution_directory = "_course/solution"
c.CourseDirectory.db_url = f"sqlite:///{root / '_course' / 'gradebook.db'}"

# nbgrader's default exchange does not exist on most machines; on a shared one, set this to a
# folder that all students may write to.
exchange = root / "_course" / "exchange"
exchange.mkdir(parents=True, exist_ok=True)
c.Exchange.root = str(exchange)

# zip_collect: student-07_05-momentum.ipynb, or with anything between the two. What platforms make
# of files is for `python -m autograder collect`, which also takes ids with an underscore.
c.FileNameCollectorPlugin.named_regexp = (
    r".*[/\\](?P<student_id>[^/\\_]+)_(?:[^/\\]*_)?(?P<file_id>[^/\\_]+)\.ipynb$"
)

configure(c)
