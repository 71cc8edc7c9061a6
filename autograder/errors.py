"""Everything the grader itself can say no to.

    GraderError                 one clear line for the instructor; the command exits with status 2
    ├── CourseError             the course directory, its configuration or an assignment's source
    ├── SubmissionError         one submission cannot be read or graded; the batch goes on
    ├── SandboxUnavailable      the host cannot give what --require-sandbox asks for
    ├── HostTrouble             the host could not give something to one submission: it is judged
    │                           again, alone, and then not graded with this reason
    └── WireError               a frame that no honest process sends
        └── LibraryMissing      an honest value of a library that the reader does not have

The student's own errors are results, not exceptions of the grader: see ``judge.remote``.
"""


class GraderError(Exception):
    """Base of all; its text names the thing and the next step."""


class CourseError(GraderError):
    """The course or the assignment's source is not as it must be."""


class SubmissionError(GraderError):
    """This submission cannot be graded; its text is the reason in the verdict."""


class SandboxUnavailable(GraderError):
    """The host does not offer the protections that were required."""


class HostTrouble(GraderError):
    """The host could not give a submission what it may use; its text is the verdict's reason."""


class WireError(GraderError):
    """The other end of the wire sent something that no honest process sends."""


class LibraryMissing(WireError):
    """The other end sent a value of a library that cannot be imported here: ``library``."""

    def __init__(self, library: str) -> None:
        super().__init__(f"a value of {library}, which is not installed where tests are judged")
        self.library = library
