"""Grading a class.

running     which submissions are new, and the whole class from start to end
pool        many submissions at once, whatever becomes of one of them
workers     the processes that grade, and their end
cluster     workers of a Dask cluster; seats is their end of it
premises    what of this machine no student's code may read
locking     one writer for a course
grading     one submission, from its folder to its verdict
filing      where a verdict goes: graded notebook, file, gradebook
store       verdicts on disk; fingerprint says what they depend on
gradebook   verdicts into nbgrader's database; sheets reads them back
penalties   what comes off for lateness
rehearsal   host and reference, tried out before anybody is graded
outcome     what the class came to; changes tells scores that became other ones
exporting   the gradebook as a table
"""
