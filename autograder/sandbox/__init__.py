"""The student's process: forked from a warm parent, walled off, limited, killed from outside.

    judge ── request ──► warm parent (``warm.py``: NumPy, matplotlib and IPython imported)
                            └─ fork ─► keeper (``keeper.py``: builds the walls, PID 1 inside)
                                         └─ fork ─► notebook (``runtime.py``: the student's cells)
                                                      └─ fork ─► one child for each test cell

The warm parent never sees a test, a reference or a submission; the keeper never runs a line
of the student's code; the notebook process and its children hold nothing but what the judge
sends them. ``client.py`` is the judge's end.
"""
