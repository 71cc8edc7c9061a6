"""The judge: right answers earn, wrong ones do not, and tests stay ordinary Python."""

import numpy as np
import pytest

from autograder import checks
from autograder.catalogue import Catalogue, Entry
from autograder.judge import grade
from autograder.judge.assignment import dissect
from tests.autograder.courses import (
    BRISK,
    check,
    given,
    notebook,
    outcome,
    plain,
    solution,
    verdict,
)

RIGHT = "def f(x):\n    return x + 1"


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        (RIGHT, "assert f(1) == 2"),
        (RIGHT, "assert (f(np.arange(3.0)) == [1, 2, 3]).all()"),
        ("f = lambda x: x + 1", "assert [f(i) for i in range(3)] == [1, 2, 3]"),
        ("def g(x):\n    return 1\ndef f(x):\n    return x + g(x)", "assert f(x=4) == 5"),
        ("%matplotlib inline\n" + RIGHT, "assert f(1) == 2"),
        ("import numpy as np\nf = np.vectorize(lambda x: x + 1)", "assert f(3) == 4"),
        ("class F:\n    def __call__(self, x):\n        return x + 1\nf = F()", "assert f(3) == 4"),
        ("from functools import partial\nf = partial(lambda a, x: a + x, 1)", "assert f(3) == 4"),
        ("def f(x):\n    yield x\n    yield x + 1", "assert list(f(1)) == [1, 2]"),
        ("def f(x):\n    return (i for i in range(x))", "assert list(f(3)) == [0, 1, 2]"),
        ("def f(x):\n    return map(abs, [x])", "assert list(f(-3)) == [3]"),
        ("def f(x):\n    return {'a': [x, (x, None)], 'b': 'text'}", "assert f(1)['a'][1][0] == 1"),
        ("answer = 42", "assert answer == 42"),
        ("def f(x):\n    raise ValueError('no')", "try:\n    f(1)\nexcept ValueError:\n    pass"),
        ("def f(g):\n    return g(2) + g(3)", "assert f(lambda x: 10 * x) == 50"),
        ("def f(n):\n    return lambda x: x + n", "assert f(3)(4) == 7"),
        ("def f(g):\n    return g(f)", "assert f(lambda own: 5) == 5"),
    ],
)
def test_right_answers_pass(answer: str, test: str) -> None:
    """Do right answers of every kind of value and callable get their point?"""
    result = outcome(answer, test)
    assert (result.score, result.status, result.message) == (1.0, "passed", "")


@pytest.mark.parametrize(
    ("answer", "test", "says"),
    [
        ("def f(x):\n    return x", "assert f(1) == 2", "visible test fails at `assert f(1) == 2`"),
        ("def f(x):\n    return x", "assert f(1) == 2, 'add one'", "add one"),
        ("pass", "f(1)", "`f` is not defined after your notebook has run"),
        ("1/0\ndef f(x):\n    return 2", "f(1)", "failed: ZeroDivisionError: division by zero"),
        ("def f(x):\n    return x.y", "f(1)", "AttributeError in the line `return x.y`"),
        ("def f(x):\n    return {object()}", "f(1)", "object of type object"),
        ("def f(x):\n    return np.nan", "f(1)", "not finite"),
        ("def f(x):\n    return [1.0, np.array([np.inf])]", "f(1)", "not finite"),
        ("def f(x):\n    while True: pass", "f(1)", "within 4 seconds"),
        ("import os\ndef f(x):\n    os._exit(0)", "f(1)", "process ended"),
        ("def f(x):\n    raise SystemExit", "f(1)", "SystemExit"),
        ("def f(x):\n    return f(x)", "f(1)", "RecursionError"),
    ],
)
def test_wrong_answers_fail_and_say_why(answer: str, test: str, says: str) -> None:
    """Does each kind of failure cost the point and say what happened?"""
    result = outcome(answer, test)
    assert result.score == 0.0
    assert says in result.message


def test_a_result_that_is_not_finite_can_be_a_known_mistake() -> None:
    """Is the mistake named that divides nothing by nothing, though nan itself is refused?"""
    divided = Entry("f", "divided", "It is 0/0.", lambda x: float(np.divide(x, x)), "")
    result = outcome(
        "def f(x):\n    return float(np.divide(x, x))",
        "assert f(0.0) == 1",
        catalogue=Catalogue(mistakes=(divided,)),
    )
    assert (result.score, result.diagnosis) == (0.0, "It is 0/0.")
    assert "not finite" in result.message


def test_a_dying_process_does_not_satisfy_a_test_that_expects_an_error() -> None:
    """Is os._exit where an exception is expected still no evidence of one?"""
    test = "try:\n    f(1)\nexcept Exception:\n    pass"
    assert outcome("import os\ndef f(x):\n    os._exit(1)", test).status == "crashed"
    assert outcome("def f(x):\n    while True: pass", test).status == "timeout"


def test_each_test_starts_from_the_state_after_the_notebook() -> None:
    """Does a crash, or a changed global, in one test leave the next one alone?"""
    source = notebook(
        solution("count = 0\ndef f():\n    global count\n    count += 1\n    return count"),
        check("assert f() == 1", "one"),
        check("assert f() == 1 and f() == 2", "two"),
    )
    dying = notebook(
        solution("import os\ncalls = []\ndef f():\n    calls.append(1)\n    os._exit(len(calls))")
    )
    same = grade(source, source, student="student-01", assignment="a", limits=BRISK)
    assert [test.score for test in same.tests.values()] == [1.0, 1.0]
    dead = grade(source, dying, student="student-01", assignment="a", limits=BRISK)
    assert [test.status for test in dead.tests.values()] == ["crashed", "crashed"]


def test_an_endless_cell_costs_its_own_question_only() -> None:
    """Do questions 1 and 3 keep their points when the cell of question 2 never ends?"""
    source = notebook(
        *(solution(f"def f{n}():\n    return {n}", f"s{n}") for n in (1, 2, 3)),
        *(check(f"assert f{n}() == {n}", f"t{n}") for n in (1, 2, 3)),
    )
    hostile = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"
    submission = notebook(
        solution("def f1():\n    return 1", "s1"),
        solution(hostile, "s2"),
        solution("def f3():\n    return 3", "s3"),
    )
    result = grade(source, submission, student="student-01", assignment="a", limits=BRISK)
    assert {name: test.score for name, test in result.tests.items()} == {
        "t1": 1.0,
        "t2": 0.0,
        "t3": 1.0,
    }
    assert "more than 4 seconds" in result.outputs[1].error


def test_a_cell_that_is_interrupted_keeps_what_it_defined() -> None:
    """Is a function defined above an endless loop in the same cell still there?"""
    assert outcome(RIGHT + "\nwhile True: pass", "assert f(1) == 2").score == 1.0


def test_names_of_the_instructor_come_first() -> None:
    """Is a helper that the student redefined still the instructor's in the tests?"""
    before = "def agrees(a, b):\n    return a == b"
    cheat = "def f(x):\n    return 0\ndef agrees(a, b):\n    return True\nmax = lambda *a: 2"
    assert outcome(cheat, "assert agrees(f(1), 2)", before=before).score == 0.0
    assert outcome(cheat, "assert max(f(1), 1) == 2").score == 0.0


def test_plain_cells_are_the_instructors_unless_they_need_the_students() -> None:
    """Does a test see the instructor's imports and the student's results?"""
    source = notebook(
        plain("import math\nscale = 10"),
        solution("def f():\n    return 4"),
        plain("result = f() * scale"),
        check("assert math.sqrt(f()) == 2 and scale == 10 and result == 40"),
    )
    submission = notebook(
        plain("scale = 99"), solution("def f():\n    return 4"), plain("result = 40")
    )
    right = grade(source, submission, student="student-01", assignment="a", limits=BRISK)
    assert right.score == 1.0


def test_a_test_may_delete_and_replace_the_students_functions() -> None:
    """Does nbgrader's way of asking whether one function calls another work?"""
    test = (
        "kept = f\ndel f\ntry:\n    g(1)\nexcept NameError:\n    pass\nelse:\n"
        "    raise AssertionError('g does not use f')\nfinally:\n    f = kept\nassert g(1) == 4"
    )
    reference = RIGHT + "\ndef g(x):\n    return 2 * f(x)"
    assert outcome(reference, test, reference=reference).score == 1.0
    copied = RIGHT + "\ndef g(x):\n    return 2 * (x + 1)"
    assert "g does not use f" in outcome(copied, test, reference=reference).message


def test_part_of_the_points_by_the_last_value() -> None:
    """Does the value of a test's last line give part of the points, as in nbgrader?"""
    test = "sum(f(x) == x + 1 for x in range(4)) / 8"
    result = outcome("def f(x):\n    return x + 1", test)
    assert (result.score, result.status) == (0.5, "partial")


def test_random_generators_stay_in_step() -> None:
    """Do draws on both sides, and in callbacks, follow one stream?"""
    reference = (
        "def f(g, rng):\n    a = rng.standard_normal(3)\n    b = g(rng)\n    "
        "return np.concatenate([a, b, rng.random(2)])"
    )
    test = (
        "one, two = np.random.default_rng(3), np.random.default_rng(3)\n"
        "draw = lambda r: r.standard_normal(4)\n"
        "assert (f(draw, one) == reference.f(draw, two)).all()\n"
        "assert one.bit_generator.state == two.bit_generator.state"
    )
    before = "import numpy as np\nfrom autograder.checks import reference"
    source = notebook(given("import numpy as np"), solution(reference), check(test))
    source["cells"][2]["source"] = before + "\n" + test
    result = grade(source, source, student="student-01", assignment="a", limits=BRISK)
    assert result.score == 1.0, result.tests


def test_a_generator_kept_by_the_student_follows_the_tests_draws() -> None:
    """Does a generator handed over once see what the test has drawn since, unasked?"""
    keeping = "kept = []\ndef f(*given):\n    kept.extend(given)\n    return kept[0].random()"
    test = (
        "import numpy as np\none, two = np.random.default_rng(3), np.random.default_rng(3)\n"
        "assert f(one) == two.random()\n"
        "assert one.standard_normal() == two.standard_normal()\n"
        "assert f() == two.random()\n"
        "assert one.bit_generator.state == two.bit_generator.state"
    )
    assert outcome(keeping, test).score == 1.0


def test_changed_arguments_are_reported_and_do_not_reach_the_test() -> None:
    """Does a test learn of a changed argument, and keep its own array?"""
    answer = "def f(x, y):\n    y['a'][0] = 5\n    return x"
    test = (
        "x, y = np.zeros(2), {'a': np.zeros(2)}\nvalue, changed = f.call_with_report(x, y)\n"
        "assert changed == (1,) and y['a'][0] == 0"
    )
    assert outcome(answer, test).score == 1.0


def test_data_files_are_there_and_the_students_own() -> None:
    """Can the student's code read the instructor's data, and change its own copy only?"""
    answer = (
        "number = int(open('data.txt').read())\nopen('data.txt', 'w').write('13')\n"
        "kept = open('data.txt').read() == '13'\nopen('own.txt', 'w').write('x')"
    )
    test = "assert number == 12 and kept and int(open('data.txt').read()) == 12"
    assert outcome(answer, test, reference="number = 12", files={"data.txt": b"12"}).score == 1.0


def test_forbidden_imports_are_refused_and_cannot_be_read() -> None:
    """Is the module that holds the answer out of reach, by import and by path?"""
    answer = (
        "import lossland, os, glob\nfound = []\ntry:\n    import lossland.optimizers\n"
        "    found.append('import')\nexcept ImportError:\n    pass\n"
        "folder = os.path.dirname(lossland.__file__)\n"
        "for path in glob.glob(folder + '/**/optimizers*.py*', recursive=True):\n"
        "    try:\n        found += open(path, 'rb').read()[:1]\n    except OSError:\n        pass"
    )
    settings = {"forbidden_imports": ["lossland.optimizers"]}
    assert outcome(answer, "assert found == []", reference="found = []", lossland=settings).score


def test_inputs_differ_between_variants_and_not_between_runs() -> None:
    """Does a submission always meet the same hidden inputs, and others different ones?"""
    test = "from autograder.checks import rng\nassert f(1) == rng('x').random()"
    secret = dissect("small", notebook(check(test))).secret
    students = {checks.variant_of("small", f"s{n}", secret): f"s{n}" for n in range(40)}
    checks.install_submission("small", students[0], secret)
    answer = f"def f(x):\n    return {float(checks.rng('x').random())!r}"
    checks.install_submission("", "")
    assert verdict(answer, test, student=students[0]).score == 1.0
    assert verdict(answer, test, student=students[0]).score == 1.0
    assert verdict(answer, test, student=students[1]).score == 0.0


def test_a_source_without_tests_is_no_error() -> None:
    """Is a notebook that only a person grades recorded, without a point of the judge's?"""
    result = grade(notebook(), notebook(), student="student-01", assignment="empty")
    assert (result.status, result.tests) == ("graded", {})


def test_a_test_that_is_no_python_costs_itself() -> None:
    """Does a broken test cell of the instructor's give no score, and the others theirs?"""
    source = notebook(solution(RIGHT), check("assert (", "broken"), check("assert f(1) == 2"))
    result = grade(source, source, student="student-01", assignment="b", limits=BRISK)
    assert {name: test.score for name, test in result.tests.items()} == {"broken": None, "test": 1}
    assert "cannot be read as Python" in result.tests["broken"].message


def test_warnings_prints_and_stderr_change_nothing() -> None:
    """Does a right answer that warns and prints keep its point?"""
    answer = (
        "import sys, warnings\nnp.zeros(1) / 0\ndef f(x):\n    warnings.warn('w')\n    print('p')\n"
        "    print('e', file=sys.stderr)\n    np.float64(1) / np.zeros(1)\n    return x + 1"
    )
    assert outcome(answer, "assert f(1) == 2").score == 1.0


def test_what_cells_print_and_draw_is_kept_within_bounds() -> None:
    """Are text, figures and tracebacks kept for the human grader, and cut where too long?"""
    result = verdict(
        "import matplotlib.pyplot as plt\nprint('hello')\nplt.plot([1, 2])\n"
        "print('x' * 10**7)\n1/0",
        "pass",
    )
    output = result.outputs[1]
    assert output.text.startswith("hello\nxxx")
    assert len(output.text) < 70_000
    assert output.images[0].startswith(b"\x89PNG")
    assert output.error.endswith("ZeroDivisionError: division by zero\n")


def test_scalars_and_arrays_keep_their_kind() -> None:
    """Does a test see whether it got a scalar, an array or a list?"""
    answer = "def f(kind):\n    return {'a': np.zeros(()), 's': np.float64(1), 'l': [1]}[kind]"
    test = (
        "assert type(f('a')) is np.ndarray and f('a').shape == ()\n"
        "assert type(f('s')) is np.float64 and type(f('l')) is list"
    )
    assert outcome(answer, test).score == 1.0
    assert np.isfinite(outcome(answer, test).seconds)
