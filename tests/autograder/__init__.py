"""Tests of the autograder, and the small courses they share."""
