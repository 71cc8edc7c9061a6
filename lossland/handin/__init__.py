"""Checking a problem set at home and packing it for handing in.

    notebook.py     the file as it is on disk, not the live kernel
    releases.py     which problem set it is, and how that was released
    accidents.py    what tends to go wrong between writing and handing in
    running.py ──► child.py    all cells from top to bottom in a clean process, with limits
                   explaining.py    what a failed test expected, and the student's own line
    kernel.py       signs that it works only in the live kernel; scope.py what a cell defines
    packing.py      the hand-in file: notebook, manifest, receipt

Only the standard library is used outside the clean process, which runs cells as IPython reads
them. Nothing here grades: hidden tests are not in a student's notebook.
"""
