"""The grader: the student's process computes, the judge decides."""
