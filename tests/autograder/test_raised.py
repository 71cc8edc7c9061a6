"""Errors of the student's functions: found by class, bases, text and data, and telling little."""

from __future__ import annotations

import pytest

from autograder.errors import WireError
from autograder.judge.raised import MAX_CLASSES, Classes, ErrorReport, StudentError, raised
from autograder.wire import ClassRef
from tests.autograder.courses import outcome
from tests.autograder.talking import tried

OWN = (
    "class MyError(ValueError):\n    def __init__(self, code, *rest):\n"
    "        super().__init__(f'code {code}', *rest)\n        self.code = code\n"
    "class Special(MyError):\n    pass\n"
)
FOUND = {
    "a built-in": (
        "def f():\n    raise ValueError('bad', 3)",
        "try:\n    f()\nexcept ValueError as error:\n    assert error.args == ('bad', 3)\n"
        "    assert str(error) == \"('bad', 3)\" and type(error).__name__ == 'ValueError'\n"
        "else:\n    assert False",
    ),
    "a key": (
        "def f():\n    return {}['a']",
        "try:\n    f()\nexcept KeyError as error:\n"
        "    assert str(error) == \"'a'\" and error.args == ('a',)\nelse:\n    assert False",
    ),
    "a number of the system's": (
        "def f():\n    open('/no/such')",
        "import errno\ntry:\n    f()\nexcept FileNotFoundError as error:\n"
        "    assert error.errno == errno.ENOENT and error.filename == '/no/such'\n"
        "else:\n    assert False",
    ),
    "by its text": (
        "def f(x):\n    raise TypeError(f'{x} is no number')",
        "import unittest\nwith unittest.TestCase().assertRaisesRegex(TypeError, 'x is no'):\n"
        "    f('x')",
    ),
    "the student's own, by name": (
        OWN + "def f():\n    raise MyError(7)",
        "import unittest\nt = unittest.TestCase()\n"
        "with t.assertRaisesRegex(MyError, '^code 7$') as caught:\n    f()\n"
        "assert caught.exception.code == 7 and type(caught.exception).__name__ == 'MyError'",
    ),
    "a class between them": (
        OWN + "def f():\n    raise Special(1, [2])",
        "for kind in (Special, MyError, ValueError, Exception):\n    try:\n        f()\n"
        "    except kind as error:\n        assert error.args == ('code 1', [2])\n"
        "    else:\n        assert False\n"
        "assert issubclass(Special, MyError) and not issubclass(MyError, Special)",
    ),
    "another class": (
        OWN + "class Other(Exception):\n    pass\ndef f():\n    raise Other",
        "try:\n    f()\nexcept (MyError, ValueError):\n    assert False\nexcept Other:\n    pass",
    ),
    "the instructor's": (
        "def f():\n    raise Given('x')",
        "try:\n    f()\nexcept Given as error:\n    assert str(error) == 'x'\nelse:\n"
        "    assert False",
    ),
    "a library's": (
        "import numpy as np\ndef f():\n    np.linalg.inv(np.zeros((2, 2)))",
        "import numpy as np\ntry:\n    f()\nexcept np.linalg.LinAlgError as error:\n"
        "    assert 'ingular' in str(error)\nelse:\n    assert False",
    ),
    "an exit": (
        "import sys\ndef f():\n    sys.exit(3)",
        "try:\n    f()\nexcept SystemExit as error:\n    assert error.code == 3\n"
        "else:\n    assert False",
    ),
    "its cause": (
        "def f():\n    try:\n        {}['a']\n    except KeyError as e:\n"
        "        raise RuntimeError from e",
        "try:\n    f()\nexcept RuntimeError as error:\n"
        "    assert isinstance(error.__cause__, KeyError)\nelse:\n    assert False",
    ),
    "raised by the test's own function": (
        OWN + "def f(g):\n    try:\n        g()\n    except MyError:\n        return 'caught'",
        "def g():\n    raise MyError('x')\nMyError\nassert f(g) == 'caught'",
    ),
    "with more than data": (
        "class E(Exception):\n    pass\ndef f():\n    e = E(object(), 1)\n    e.note = 'n'\n"
        "    e.thing = object()\n    raise e",
        "try:\n    f()\nexcept E as error:\n    assert error.note == 'n'\n"
        "    assert not hasattr(error, 'thing') and len(error.args) == 1\nelse:\n    assert False",
    ),
    "of two families": (
        "class E(KeyError, AttributeError):\n    pass\ndef f():\n    raise E('x')",
        "for kind in (KeyError, AttributeError, E):\n    try:\n        f()\n"
        "    except kind:\n        pass\n    else:\n        assert False",
    ),
}
GIVEN = "class Given(Exception):\n    pass"


@pytest.mark.parametrize("what", FOUND)
def test_an_error_is_found_by_what_it_is(what: str) -> None:
    """Do except and assertRaises find the student's error, with its text and its data?"""
    tried(*FOUND[what], GIVEN)


SAYS = {
    "by a class of the checks": (
        "from autograder.checks import CheckFailed\ndef f(x):\n    raise CheckFailed(f'got {x}')",
    ),
    "by a class of that name": (
        "class CheckFailed(Exception):\n    pass\ndef f(x):\n    raise CheckFailed(f'got {x}')",
    ),
    "by a class with a name of the library's": (
        "class CheckFailed(Exception):\n    pass\nCheckFailed.__module__ = "
        "'autograder.checks.failure'\ndef f(x):\n    raise CheckFailed(f'got {x}')",
    ),
    "by skipping": ("import unittest\ndef f(x):\n    raise unittest.SkipTest(f'got {x}')",),
    "by a class named Skipped": (
        "class Skipped(Exception):\n    pass\ndef f(x):\n    raise Skipped(f'got {x}')",
    ),
    "in arguments and attributes": (
        "def f(x):\n    e = ValueError(x)\n    e.report = e.function = str(x)\n    raise e",
    ),
    "in the name of a class": (
        "def f(x):\n    raise type(f'E{x}', (Exception,), {'__doc__': str(x)})(x)",
    ),
    "in its cause": ("def f(x):\n    raise ValueError(x) from type(f'E{x}', (Exception,), {})(x)",),
}


@pytest.mark.parametrize("how", SAYS)
def test_an_error_tells_the_student_no_more_than_before(how: str) -> None:
    """Does a hidden input come out neither by class, text nor data, and cost the test?"""
    test = (
        "### BEGIN HIDDEN TESTS\nfrom autograder.checks import CheckFailed\n"
        "assert f(271828) == 271829\n### END HIDDEN TESTS"
    )
    result = outcome(SAYS[how][0], test)
    assert (result.score, result.status) == (0.0, "failed")
    assert "271828" not in result.message + result.diagnosis


def report(**fields: object) -> ErrorReport:
    plain = {"kind": "ValueError", "refused": "", "text": "t", "line": 0, "cell": -1}
    return ErrorReport.checked({**plain, **fields})


@pytest.mark.parametrize(
    "fields",
    [{"args": [1]}, {"attributes": 1}, {"line": "1"}, {"kind": 3}, {"text": b"x"}],
)
def test_a_report_that_is_none_is_refused(fields: dict[str, object]) -> None:
    """Is a report with fields of other types a violation?"""
    with pytest.raises(WireError):
        report(**fields)


def test_attributes_cannot_pass_for_the_judges_own() -> None:
    """Do neither function, report, args nor anything with underscores come from the student?"""
    error = raised("f", report(attributes={"report": 1, "function": 2, "__class__": 3, "ok": 4}))
    assert isinstance(error.report, ErrorReport)
    assert (error.function, error.ok, isinstance(error, ValueError)) == ("f", 4, True)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["StopIteration", "KeyboardInterrupt", "GeneratorExit"])
def test_what_would_end_a_loop_without_a_word_is_a_plain_error(kind: str) -> None:
    """Does a StopIteration out of a function not end the test's map, and pass it?"""
    error = raised("f", report(kind=kind))
    assert type(error) is StudentError


def test_classes_of_the_students_are_bounded_and_known_by_number() -> None:
    """Is a class the same each time it is named, and is there an end to them?"""
    classes = Classes(lambda name: None)
    ref = ClassRef("student", 1, "E", ("ValueError",))
    found = classes.resolve(ref)
    assert classes.resolve(ref) is found
    assert issubclass(found, ValueError)
    for bases in (("print",), ("no such",), (int,)):
        with pytest.raises(WireError):
            classes.resolve(ClassRef("student", 2, "E", bases))
    for number in range(3, MAX_CLASSES + 2):
        classes.resolve(ClassRef("student", number, "E", ()))
    with pytest.raises(WireError, match="too many"):
        classes.resolve(ClassRef("student", 1000, "E", ()))
