"""Commands of ``python -m autograder`` beside grading, each with its options, its run, its words.

Nothing heavy is imported before a command runs: ``--help`` answers at once.
"""
