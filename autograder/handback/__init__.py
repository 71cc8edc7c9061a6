"""Feedback and grades on their way back, in the form that each platform takes.

grades.py       one line a student: what is known, and what is not
tables.py       grades as CSV for Moodle, Canvas and everybody else
archives.py     feedback pages under the names that the platform gave
returning.py    both, and the report
"""
