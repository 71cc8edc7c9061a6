"""Tests: questions with answers."""
