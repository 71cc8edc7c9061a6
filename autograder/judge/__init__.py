"""The judge: runs the instructor's test cells and decides; the student's process only computes.

assignment.py   the source notebook taken apart: given cells, solutions, tests, hidden lines
magics.py       IPython's magics in the instructor's cells
reference.py    the process in which the reference ran, and from which judges are forked
opening.py      the instructor's first cells, run once there for all judges
owners.py       whose value a name has at each place: the instructor's or the student's
trial.py        one submission in its judge: the notebook is run, the tests are judged
progress.py     how far the notebook has run; talk.py the conversation that a cell has there
doubts.py       after a test has passed: is what it took for right really right?
inside.py       tests that only the student's process can run; manner.py says which
remote.py       the conversation with one forked child of the student's process
proxies.py      the student's functions as a test calls them; failures.py how it can end
objects.py      remote objects: what the student's objects are asked, and what is believed
remotetypes.py  their proxies; specials.py the special methods, ancestry.py the classes
journal.py      what a test did with them, done once more with the instructor's own
introspection.py  what a test may read of a function: text, code, signature, attributes
namespace.py    the test cells' names: the instructor's own first, then the student's
messages.py     what a failed test may tell the student
grading.py      one submission from its notebook to its verdict
examining.py    the instructor's own solution, graded before anybody else
"""

from autograder.judge.examining import ReferenceReport, examine_reference
from autograder.judge.grading import grade

__all__ = ["ReferenceReport", "examine_reference", "grade"]
