"""Where a course keeps what no student's code may read."""

from __future__ import annotations

import os

from nbgrader.exchange.default.exchange import Exchange
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from autograder.course.directory import Course

STEPS = (
    "source", "release", "submitted", "autograded", "feedback", "verdicts", "reports", "collected",
    "returned",
)  # fmt: skip


def private_places(course: Course) -> tuple[str, ...]:
    """The course's root and steps, its gradebook, its exchange with the students."""
    exchange = Exchange(config=course.config)
    places = [str(course.root), database(course), str(exchange.root), str(exchange.cache)]
    for step in STEPS:
        path = str(course.folder(step, "{student}", "{assignment}"))
        places.append(os.path.dirname(path.partition("{")[0]))
    return tuple(dict.fromkeys(os.path.abspath(place) for place in places if place))


def database(course: Course) -> str:
    """The gradebook's file, there or not; empty where it is a server's."""
    try:
        url = make_url(course.directory.db_url)
    except ArgumentError:
        return ""
    if url.get_backend_name() != "sqlite" or not url.database:
        return ""
    return os.path.join(course.root, url.database)
