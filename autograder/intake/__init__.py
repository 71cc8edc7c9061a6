"""What students handed in somewhere else, brought to where the grader and nbgrader find it.

    sources.py      files, folders, archives in archives ─► items, read within limits
    platforms.py    which items belong together, and whose they say they are: bundles
    roster.py       the class list, from any spreadsheet's CSV     (columns.py, encodings.py)
    matching.py     whose a bundle is; what could be two students' is nobody's
    sorting.py      all bundles together: two people of one name, single files of one hand-in
    contents.py     the files of a bundle under the names that the assignment asks for
    journal.py      every version that ever came, with time and hash
    placing.py      submitted/STUDENT/ASSIGNMENT/, replaced in one step
    collecting.py   all of it, and the report
    versions.py     what came when, whose a receipt is, and back to an earlier version

No name that is read from an archive is ever a path: files are bytes under names until they are
placed. What cannot be placed is kept with the reason.
"""
