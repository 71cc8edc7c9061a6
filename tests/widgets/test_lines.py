"""The language in which a reader writes a method: both languages, every sentence, any text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import traitlets
from numpy.typing import NDArray

from lossland.experiment import minimise
from lossland.methods import METHODS, optimizer
from lossland.optimizers import momentum
from lossland.surfaces import SURFACES, quadratic_bowl
from lossland.widgets import OptimizerRace
from lossland.widgets.lines import GIVEN, LinesError, Maker, read
from lossland.widgets.optimizer_race import flat_surface, run, sweep, turned
from tests.widgets.test_parity import own_rate

Array = NDArray[np.float64]
Node = Callable[[object], Any]

SAFE = {"bowl": 0.01, "rosenbrock": 1e-4, "saddle": 0.03, "beale": 2e-3, "wells": 0.03}
MOMENTUM = "v = mu*v - lr*g\nx = x + v"


def method(text: str) -> Maker:
    made = read(text)
    assert made is not None
    return made


def told(text: str) -> str:
    """What is wrong with a text, at once or in its first steps on the bowl; "" where nothing is."""
    try:
        make = read(text)
        bowl = quadratic_bowl(30.0)
        if make is None:
            return "no line"
        minimise(bowl.loss_and_gradient, bowl.start, make(0.02), 5)
    except LinesError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", METHODS)
def test_lines_of_the_table_walk_as_the_built_in(node: Node, name: str) -> None:
    """On every surface, upright and turned, is it the built-in's path to 1e-9 in both languages?"""
    text = "\n".join(METHODS[name].lines)
    rate = own_rate(name)
    rates = dict.fromkeys(SAFE, rate) if rate else SAFE
    steps = 100 if name == "rmsprop" else 200  # at a minimum rounding decides each of its hops
    cases = [(place, turn) for place in SAFE for turn in (0, 30)]
    asked = [
        {"ask": "lines race", "place": p, "turn": t, "text": text, "lr": rates[p], "steps": steps}
        for p, t in cases
    ]
    for (place, turn), page in zip(cases, node(asked), strict=True):
        course = turned(flat_surface(place, 30.0), turn)
        loss, lr = course.loss_and_gradient, rates[place]
        built_in = minimise(loss, course.start, optimizer(name, lr), steps).x
        assert np.abs(built_in[-1] - built_in[0]).max() > 0.1, "too tame to tell anything"
        own = minimise(loss, course.start, method(text)(lr), steps).x
        np.testing.assert_allclose(own, built_in, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(page["path"], built_in, rtol=1e-9, atol=1e-9)
        assert page["trouble"] == ""


def test_momentum_by_hand() -> None:
    """On ½x² from 1 with lr = 0.5, mu = 0.9: v = −0.5, −0.7; x = 0.5, −0.2?"""
    steps = method(MOMENTUM)(0.5)
    x, state = np.array([1.0]), steps.init(np.array([1.0]))
    for expected in (0.5, -0.2):
        step, state = steps.update(x, state, x)
        x = x + step
        np.testing.assert_allclose(x, [expected], rtol=1e-15)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("-3**2", -9),  # as in mathematics: the power first
        ("(-3)**2", 9),
        ("2**3**2", 512),
        ("2**-1", 0.5),
        ("-2**-2**2", -(2**-4)),
        ("--2", 2),
        ("8/2/2", 2),
        ("2 - 3 - 4", -5),
        ("1 + 2*3^2", 19),
        ("max(1, min(5, 3)) + abs(-2)", 5),
        ("sign(-0.2) + sqrt(16) + exp(0) + log(1)", 4),
        (".5 + 1. + 010 + 1e-1 + 2.5E+1", 36.6),
        ("norm(g)", 5),
        ("t + mu + beta1 + beta2 + rho + decay + eps*1e8 + weight_decay*100", 7.649),
        ("lambda", 0),  # no keyword here; it starts at 0
        ("this + null + __proto__ + constructor", 0),
        ("2·3 − 1 × 4  # a comment", 2),
    ],
)
def test_arithmetic_by_hand(node: Node, formula: str, value: float) -> None:
    """Is the formula's value what a hand calculation gives, in both languages?"""
    text = f"x = {formula}"
    for name in ("lambda", "this", "null", "__proto__", "constructor"):
        text += f"\n{name} = 1" if name in formula else ""
    steps = method(text)(0.1)
    gradient, x = np.array([3.0, 4.0]), np.zeros(2)
    np.testing.assert_allclose(steps.update(gradient, steps.init(x), x)[0], value, rtol=1e-14)
    asked = {"ask": "lines race", "place": "bowl", "turn": 0, "lr": 0.1, "steps": 1}
    got = node([{**asked, "text": text.replace("norm(g)", "norm(g*0 + 5)/sqrt(2)")}])[0]
    np.testing.assert_allclose(got["path"][1], value, rtol=1e-14)


@pytest.mark.parametrize("text", ["x += v\nv = mu*v - lr*g", "x -= lr*g", "s *= 2\nx = x - s"])
def test_short_assignments(text: str) -> None:
    """Is ``a += b`` the same as ``a = a + b``?"""
    long = re.sub(r"(\w) ([-+*])= (.*)", r"\1 = \1 \2 (\3)", text)
    beale = SURFACES["Beale"]
    paths = [
        minimise(beale.loss_and_gradient, beale.start, method(t)(0.002), 20).x for t in (text, long)
    ]
    np.testing.assert_array_equal(*paths)


def test_names_start_at_zero_or_at_their_value_and_last() -> None:
    """Does lr fall by half a step where a line says so, and does a name of the reader's last?"""
    steps = method("lr = lr/2\nk = k + 1\nx = x - lr*g*k*mu\nmu = 0.5")(1.0)
    x = np.array([0.0])
    state = steps.init(x)
    moves = []
    for _ in range(3):
        step, state = steps.update(np.array([1.0]), state, x)
        moves.append(-float(step[0]))
    assert moves == pytest.approx([1 / 2 * 1 * 0.9, 1 / 4 * 2 * 0.5, 1 / 8 * 3 * 0.5])


SENTENCES = {
    "v = mu*v - lr*g\nx = x + vv": "Line 2: vv is unknown; no line assigns it.",
    "x = x - lr*g/0": "Line 1, step 1: division by zero.",
    "v = v + 1\nx = x/(v - 3)": "Line 2, step 3: division by zero.",
    "x = 0**-t": "Line 1, step 1: division by zero.",
    "x = x + " + "g + " * 2000 + "g": "Line 1: more than 100 characters.",
    "x = x\n" * 13: "Line 13: 12 lines are the most.",
    "x = " + "(" * 90: "Line 1: a bracket is not closed.",
    "x = x)": "Line 1: a bracket is closed that was not opened.",
    "x = 10**999": "Line 1, step 1: a number too large to hold.",
    "x = 1e999": "Line 1: 1e999 is too large a number.",
    "x = x**9**9**9": "Line 1, step 1: a number too large to hold.",
    "x - lr*g": "Line 1: no assignment; write name = formula.",
    "if x = 3": "Line 1: no assignment; write name = formula.",
    "x": "Line 1: no assignment; write name = formula.",
    "x = y = 3": "Line 1: one equal sign a line.",
    "v = mu*v - lr*g": "No line assigns x, so nothing moves.",
    "g = 3\nx = g": "Line 1: g is given at every step and cannot be assigned.",
    "sqrt = 3": "Line 1: sqrt is a function and cannot be assigned.",
    "x = 2x": "Line 1: an operator is missing between 2 and x.",
    "x = " + "y" * 40: "Line 1: yyyyyyyyyyyyyyy… is unknown; no line assigns it.",
    "x = x lr": "Line 1: an operator is missing between x and lr.",
    "x = (x)(g)": "Line 1: an operator is missing between ) and (.",
    "x = lr(g)": "Line 1: lr is no function; a product needs its *.",
    "x = sqrt": "Line 1: sqrt is a function; write sqrt(…).",
    "x = max(g)": "Line 1: max takes 2 arguments.",
    "x = sqrt()": "Line 1: sqrt takes 1 argument.",
    "x = max(g,)": "Line 1: a comma stands between two arguments, as in max(a, b).",
    "x = g, t": "Line 1: a comma stands between two arguments, as in max(a, b).",
    "x = (g, t)": "Line 1: a comma stands between two arguments, as in max(a, b).",
    "x = x +": "Line 1: a name or a number is missing.",
    "x =": "Line 1: a name or a number is missing.",
    "x = ()": "Line 1: a name or a number is missing.",
    "x = max(*g)": "Line 1: a name or a number is missing.",
    "x = x // 2": "Line 1: a name or a number is missing.",
    'x = "g"': 'Line 1: “"” has no meaning here.',
    "x = x.y": "Line 1: “.” has no meaning here.",
    "x = x[0]": "Line 1: “[” has no meaning here.",
    "x = 🏔": "Line 1: “🏔” has no meaning here.",
    "x = x\u0000": "Line 1: “\u0000” has no meaning here.",
    "x = sqrt(-t)": "Line 1, step 1: the root of a negative number.",
    "x = log(0*x)": "Line 1, step 1: the logarithm of 0 or less.",
    "x = (-2)**0.5": "Line 1, step 1: a negative number to a power that is not whole.",
    "x = exp(800)": "Line 1, step 1: a number too large to hold.",
    "\n\n  \n# nothing": "no line",
    "": "no line",
    MOMENTUM: "",
    MOMENTUM.replace("\n", "\r\n") + "\n": "",
    "x = " + "-" * 95 + "x": "",
    "x = " + "(" * 47 + "x" + ")" * 47: "",
    "x = x" + "+x" * 47: "",
}


@pytest.mark.parametrize("text", SENTENCES, ids=lambda text: text[:24].encode("unicode_escape"))
def test_one_clear_line(node: Node, text: str) -> None:
    """Is what is wrong told in one sentence that names the line, the same in both languages?"""
    assert told(text) == SENTENCES[text]
    assert node([{"ask": "lines told", "texts": [text]}])[0] == [SENTENCES[text]]


WORDS = re.findall(
    r"\S+|\n",
    "x v g t lr mu m beta1 k_2 sqrt max norm sign log exp sqrt( max( norm( if lambda = = = = + - * "
    "/ ** ^ ( ) ( ) , , += -= \n \n \n x = x = \n v = 2 0 1e-3 .5 1. 7e300 3x # é ; [ ]",
)


def sentences_made_of_words(seed: int, count: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, rng.integers(1, 25))) for _ in range(count)]


def lines_that_nearly_parse(seed: int, count: int) -> list[str]:
    """Right formulas, of which one sign in two texts is changed."""
    rng = np.random.default_rng(seed)

    def formula(depth: int) -> str:
        kind = rng.integers(0, 7 if depth else 2)
        if kind < 2:
            return str(rng.choice(["x", "g", "v", "t", "lr", "2", "0.5", "3"]))
        if kind == 2:
            return f"{rng.choice(['-', '+', '-  '])}{formula(depth - 1)}"
        if kind == 3:
            return f"{rng.choice(['abs', 'sign', 'norm'])}({formula(depth - 1)})"
        if kind == 4:
            return f"max({formula(depth - 1)}, {formula(depth - 1)})"
        if kind == 5:
            return f"({formula(depth - 1)})"
        sign = rng.choice(["+", "-", "*", "/", "**", " ^ "])
        return f"{formula(depth - 1)}{sign}{formula(depth - 1)}"

    found = []
    for _ in range(count):
        text = f"v = {formula(3)}\nx {rng.choice(['=', '+=', '*='])} {formula(2)}"
        if rng.random() < 0.5:
            at = rng.integers(len(text))
            text = text[:at] + str(rng.choice(list("x2 +-*/(),=\n.#eé"))) + text[at + 1 :]
        found.append(text)
    return found


def any_characters(seed: int, count: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [
        "x = " + "".join(map(chr, rng.choice([*range(0x20, 0x7F), 0xB7, 0x2212, 0x1F3D4], 12)))
        for _ in range(count)
    ]


@pytest.mark.parametrize("kind", [sentences_made_of_words, lines_that_nearly_parse, any_characters])
def test_any_text_ends_in_a_method_or_in_one_sentence(
    node: Node, kind: Callable[[int, int], list[str]]
) -> None:
    """Of 3,000 random texts, do both languages say the same, and raise nothing else?"""
    texts = kind(6, 3000)
    page = node([{"ask": "lines told", "texts": texts}])[0]
    own = [told(text) for text in texts]
    assert page == own
    assert 1 < len(set(own)) < 3000  # neither all of one kind nor all other ones


def test_same_values_of_random_formulas(node: Node) -> None:
    """Where a random formula has a value, do both languages walk the same way?"""
    texts = [text for text in lines_that_nearly_parse(7, 400) if told(text) == ""]
    assert len(texts) > 80
    ask = {"ask": "lines race", "place": "bowl", "turn": 0, "lr": 0.02, "steps": 3}
    bowl = quadratic_bowl(30.0)
    for text, page in zip(texts, node([{**ask, "text": text} for text in texts]), strict=True):
        own = minimise(bowl.loss_and_gradient, bowl.start, method(text)(0.02), 3).x
        walked = np.array(page["path"][: len(own)], dtype=float)
        np.testing.assert_allclose(walked, own, rtol=1e-9, atol=1e-9, err_msg=text)


def test_same_best_rate(node: Node) -> None:
    """Does the sweep of the reader's method choose the same of the 26 rates in both languages?"""
    text = "x = x - lr*g/norm(g + 1e-9)"
    ask = {"ask": "lines race", "place": "beale", "turn": 30, "lr": 0.01, "steps": 60}
    got = node([{**ask, "text": text, "sweeping": True}])[0]["sweep"]
    course = turned(flat_surface("beale", 30.0), 30)
    assert got["best"] == pytest.approx(sweep(course, method(text), 60).best)


def test_a_run_that_ends_early(node: Node) -> None:
    """Has x/(3 − t) no third step: are there three points, and is the sweep without a winner?"""
    text = "x = x/(3 - t)"
    bowl = quadratic_bowl(30.0)
    assert len(run(bowl, bowl.start, method(text)(0.1), 20).x) == 3
    assert np.isinf(sweep(bowl, method(text), 20).scores).all()
    ask = {"ask": "lines race", "place": "bowl", "turn": 0, "text": text, "lr": 0.1, "steps": 20}
    page = node([{**ask, "sweeping": True}])[0]
    assert (page["stopped"], page["lost"]) == (3, 3)
    assert page["path"][2:4] == [[-0.9, 0.5], ["NaN", "NaN"]]
    assert set(page["sweep"]["scores"]) == {"Infinity"}


def test_given_numbers_are_the_table_s(node: Node) -> None:
    """Are mu and weight_decay the table's defaults?"""
    for name in ("mu", "weight_decay"):
        assert GIVEN[name] == next(
            row.defaults[name] for row in METHODS.values() if name in row.defaults
        )
    text = "x = " + " + ".join(GIVEN)
    ask = {"ask": "lines race", "place": "bowl", "turn": 0, "text": text, "lr": 0.1, "steps": 1}
    assert node([ask])[0]["path"][1] == pytest.approx([sum(GIVEN.values())] * 2)


def test_address_and_back(node: Node) -> None:
    """Does any text come back from its address, bounded, and without a sign that has a meaning?"""
    texts = [*SENTENCES, "a+b & c;d:e=f%20%", "é 🏔\n\t", "x" * 10**5, "🏔" * 1000, "\ud83c"]
    texts += any_characters(8, 300)
    for text, got in zip(texts, node([{"ask": "written", "texts": texts}])[0], strict=True):
        assert got["back"] == got["kept"]
        assert not set(got["address"]) & set("&;:=()' \n")
        assert len(got["kept"]) < 1300
        if len(text) < 1000 and "\ud83c" not in text:
            assert got["kept"] == text.replace("\r\n", "\n")


def test_damaged_address(node: Node) -> None:
    """Is a text that is no percent-encoding no text, and a long one cut?"""
    asked = ["%", "%E0%A4%A", "%zz", "x%20=", "%00" * 10**5]
    *broken, short, long = node([{"ask": "written parsed", "texts": asked}])[0]
    assert broken == [None, None, None]
    assert short == "x ="
    assert len(long) < 1300


@pytest.mark.usefixtures("bundles")
def test_a_page_opens_with_lines() -> None:
    """Are lines a trait that the still picture shows, and are wrong ones refused by their line?"""
    widget = OptimizerRace(lines=MOMENTUM, methods=["momentum"], lr=0.01)
    figure = widget.static_figure()
    one, other = figure.axes[1].lines[:2]
    np.testing.assert_allclose(one.get_ydata(), other.get_ydata(), rtol=1e-9)
    legend = figure.axes[1].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["momentum", "yours"]
    with pytest.raises(traitlets.TraitError, match="lines: Line 1: vv is unknown"):
        OptimizerRace(lines="x = x + vv")
    widget.lines = "x = x +"  # the reader is still writing


def test_the_same_pair_as_the_library_s() -> None:
    """Is it a pair of pure functions, for x of any shape?"""
    x, g = np.ones((2, 3)), np.arange(6.0).reshape(2, 3)
    one, other = method(MOMENTUM)(0.1), momentum(0.1, 0.9)
    states: list[Any] = [one.init(x), other.init(x)]
    first = one.update(g, states[0], x)[0]
    np.testing.assert_array_equal(one.update(g, states[0], x)[0], first)
    np.testing.assert_allclose(first, other.update(g, states[1], x)[0], rtol=1e-15)
