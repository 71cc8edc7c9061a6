"""Pages for people: the student's feedback, the instructor's report, the graded notebook."""
