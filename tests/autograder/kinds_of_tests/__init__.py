"""A catalogue of kinds of tests: value × way of testing × habit of nbgrader's instructors.

``*.txt``        the kinds, by family
``reading``      reads them
``building``     makes nbgrader's source notebooks and submissions of them
``stock.json``   the scores of stock ``nbgrader autograde``, recorded by ``tools/record_kinds.py``
``not_yet.txt``  the kinds that this grader does not yet score so

A kind is a title and its cells in their order::

    a set is equal whatever its order
        solution: letters = set("loss")
        wrong:    letters = set("lost")
        test:     assert letters == {"s", "l", "o"}

``wrong`` is what a student writes instead of the solution before it; a further solution without
one is written right by all. ``test 3`` gives three points, ``plain`` is a cell without metadata,
``file NAME`` lies beside the notebook, ``needs`` names a library, ``apart`` keeps the kind away
from others whose names it would hide, ``better`` says which scores are right where stock is wrong.
"""
