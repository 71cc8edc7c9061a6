"""The one exception that a check raises."""


class CheckFailed(AssertionError):
    """A property does not hold; the text is written for the student.

    It names the property, says in words what the function was given and how far off the answer
    is. It never holds a value the answer should have had, a number of the hidden input or a seed.
    """
