"""Tests of the problem sets: are their tests right, and do they see every mistake?"""
