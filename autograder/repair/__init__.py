"""From whatever was handed in to a notebook that can be graded.

reading      bytes of a file → cells, however damaged the file is
slots        what the instructor's notebook asks for, cell by cell
matching     which submitted cell answers which of these
rebuilding   the instructor's notebook with the student's text put in
"""
