"""A second opinion: the same notebooks graded by stock nbgrader too, and every difference told.

command     ``python -m autograder compare``
comparing   reference, untouched release and some submissions in both ways
stock       stock ``nbgrader autograde`` in a scratch copy of the course
reasons     who is right about a difference, and why, in one line
"""
