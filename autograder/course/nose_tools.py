"""What nbgrader courses import from ``nose.tools``, made of unittest's own assertions.

nose has no release for today's Python, and many notebooks still ask for its assertions. Where it
is not installed, this file lies beside the notebook as ``nose/tools.py``; it imports nothing else
of the project.
"""

from __future__ import annotations

import functools
import re
import unittest
from collections.abc import Callable
from typing import Any

_CASE = unittest.TestCase()
_CASE.maxDiff = None
# Names of older unittests, which nose passed on.
_OLD = {
    "assert_equals": "assertEqual",
    "assert_not_equals": "assertNotEqual",
    "assert_almost_equals": "assertAlmostEqual",
    "assert_not_almost_equals": "assertNotAlmostEqual",
    "assert_items_equal": "assertCountEqual",
    "assert_raises_regexp": "assertRaisesRegex",
    "assert_regexp_matches": "assertRegex",
    "assert_not_regexp_matches": "assertNotRegex",
}


def _with_underscores(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def ok_(expression: Any, msg: str | None = None) -> None:
    """Fail unless the expression is true."""
    if not expression:
        raise AssertionError(msg)


def eq_(a: Any, b: Any, msg: str | None = None) -> None:
    """Fail unless both are equal."""
    if not a == b:
        raise AssertionError(msg or f"{a!r} != {b!r}")


def raises(*exceptions: type[BaseException]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator: the test must raise one of these."""
    names = " or ".join(kind.__name__ for kind in exceptions)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def test(*arguments: Any, **settings: Any) -> None:
            try:
                function(*arguments, **settings)
            except exceptions:
                return
            raise AssertionError(f"{function.__name__}() did not raise {names}")

        return test

    return decorate


def istest(function: Any) -> Any:
    """Mark a function as a test."""
    function.__test__ = True
    return function


def nottest(function: Any) -> Any:
    """Mark a function as no test."""
    function.__test__ = False
    return function


_ASSERTIONS = {
    _with_underscores(name): getattr(_CASE, name)
    for name in dir(_CASE)
    if re.fullmatch("assert[A-Z]\\w+", name)
}
_ASSERTIONS |= {name: getattr(_CASE, new) for name, new in _OLD.items() if name not in _ASSERTIONS}
globals().update(_ASSERTIONS)
__all__ = ["eq_", "istest", "nottest", "ok_", "raises", *_ASSERTIONS]  # noqa: PLE0604
