"""Small courses about classes and what can be read of functions, by name."""

from tests.autograder.object_courses import arithmetic, behaviour, containers, kinds, reading
from tests.autograder.object_courses.course import Course

COURSES: dict[str, Course] = {
    **containers.COURSES,
    **behaviour.COURSES,
    **arithmetic.COURSES,
    **kinds.COURSES,
    **reading.COURSES,
}

__all__ = ["COURSES", "Course"]
