"""Commands that make the course's derived files: ``python -m tools.NAME``."""
