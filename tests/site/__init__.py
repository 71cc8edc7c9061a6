"""Tests of the site in a real browser, and of the tools that build and serve it."""
