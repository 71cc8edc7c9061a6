"""The judge: runs the instructor's test cells and decides; the student's process only computes.

assignment.py   the source notebook taken apart: given cells, solutions, tests, hidden lines
remote.py       the conversation with one forked child of the student's process, and proxies
namespace.py    the test cells' names: the instructor's own first, then the student's
messages.py     what a failed test may tell the student
grading.py      one submission from its notebook to its verdict
"""

from autograder.judge.grading import grade

__all__ = ["grade"]
