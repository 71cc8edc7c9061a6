"""A method in a few lines, as a reader writes it in the race: ``v = mu*v - lr*g``, ``x = x + v``.

Python's own parser reads the formulas, and only arithmetic and eight functions are taken from what
it finds: nothing of a reader's text is ever run as Python. ``src/optimizer-race/lines.js`` reads
the same language in a page.

x is the point, g the gradient there before the step, t the step from 1, lr the race's rate; GIVEN
names have a value, which a line may change. Any other name starts at 0 and lasts from step to step.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossland.optimizers import Optimizer

Array = NDArray[np.float64]
Values = dict[str, Array]
Formula = Callable[[Values], Array]
Maker = Callable[[float], "Optimizer[Held]"]

GIVEN = {
    "mu": 0.9,
    "beta1": 0.9,
    "beta2": 0.999,
    "rho": 0.95,
    "decay": 0.9,
    "eps": 1e-8,
    "weight_decay": 0.01,
}
EACH_STEP = ("g", "t")  # no line may assign them
LINES = 12
CHARACTERS = 100  # of a line
COMMA = "a comma stands between two arguments, as in max(a, b)"
MISSING = "a name or a number is missing"
LARGE = "a number too large to hold"
ZERO = "division by zero"


def _brief(word: str) -> str:
    """A reader's word in a sentence, which is one line long."""
    return f"{word[:15]}…" if len(word) > 16 else word


class LinesError(ValueError):
    """What is wrong with a reader's lines, in one sentence.

    ``line`` counts from 1 and is 0 where no line alone is wrong; ``step`` is the step of the walk
    at which it shows, from 1, or 0 where it shows at once.
    """

    def __init__(self, line: int, told: str, step: int = 0) -> None:
        where = [f"{name} {k}" for name, k in (("line", line), ("step", step)) if k]
        said = f"{', '.join(where)}: {told}." if where else f"{told}."
        super().__init__(said[0].upper() + said[1:])
        self.line, self.step = line, step


class Held(NamedTuple):
    """State of a reader's method: the steps made, and the values of all names after them."""

    t: int
    values: Values


class Token(NamedTuple):
    """A word of a line; kind is "number", "name", or the sign itself."""

    text: str
    kind: str


class Assignment(NamedTuple):
    """One line: the name that it assigns, how ("=", "+", …), and the rest of the line."""

    line: int
    name: str
    operator: str
    rest: list[Token]


def read(text: str) -> Maker | None:
    """The method at a learning rate, for x of any shape; None where there is no line.

    LinesError tells what is wrong; the optimizer's update raises it, too, at a step whose numbers
    end.
    """
    rows = re.sub("\r\n?", "\n", text).split("\n")
    if rows[-1] == "":
        rows.pop()
    parts = []
    for line, row in enumerate(rows, 1):
        if line > LINES:
            raise LinesError(line, f"{LINES} lines are the most")
        if len(row) > CHARACTERS:
            raise LinesError(line, f"more than {CHARACTERS} characters")
        if tokens := _tokens(row, line):
            parts.append(_assignment(tokens, line))
    if not parts:
        return None
    known = {"x", *EACH_STEP, "lr", *GIVEN, *(part.name for part in parts)}
    program = [(part.name, _Reader(part.line, known).formula(_tree(part))) for part in parts]
    if "x" not in (name for name, _ in program):
        raise LinesError(0, "no line assigns x, so nothing moves")
    return lambda lr: _optimizer(program, dict.fromkeys(known, 0.0) | GIVEN | {"lr": lr})


def _optimizer(program: list[tuple[str, Formula]], start: dict[str, float]) -> Optimizer[Held]:
    def init(_x: Array) -> Held:
        return Held(0, {name: np.asarray(value) for name, value in start.items()})

    def update(gradient: Array, state: Held, x: Array) -> tuple[Array, Held]:
        t = state.t + 1
        values = state.values | {"x": x, "g": gradient, "t": np.asarray(float(t))}
        with np.errstate(all="raise", under="ignore"):
            for name, formula in program:
                values[name] = formula(values)
        return np.asarray(values["x"] - x), Held(t, values)

    return Optimizer(init, update)


NUMBER = r"[0-9]+\.?[0-9]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?"
TOKEN = re.compile(rf"({NUMBER})|([A-Za-z_][A-Za-z_0-9]*)|\*\*|[-+*/]=|[-+*/(),=^]")
TYPED = str.maketrans({"−": "-", "·": "*", "×": "*", "←": "="})  # as the book prints them


def _tokens(row: str, line: int) -> list[Token]:
    """The tokens of one line, of which a comment is no part."""
    found = []
    code = row.split("#", maxsplit=1)[0].translate(TYPED)
    at = 0
    while at < len(code):
        if code[at] in " \t":
            at += 1
            continue
        match = TOKEN.match(code, at)
        if match is None:
            raise LinesError(line, f"“{code[at]}” has no meaning here")
        text, (number, name) = match[0], match.groups()
        if number and not np.isfinite(float(number)):
            raise LinesError(line, f"{_brief(number)} is too large a number")
        kind = "number" if number else "name" if name else text
        found.append(Token("**" if text == "^" else text, kind))
        at = match.end()
    return found


ENDS = ("number", "name", ")")  # of what can be calculated with
OPENS = ("number", "name", "(", "-", "+")


def _check(tokens: list[Token], line: int) -> None:
    """What a parser may read in another way than a reader: told before it is asked."""
    depth = 0
    around = [None, *tokens, None]
    for before, (text, kind), after in zip(around, tokens, around[2:], strict=False):
        if after and kind in ENDS:
            product = after.kind == "(" and kind != "name"
            if after.kind in ("number", "name") or product:
                words = f"{_brief(text)} and {_brief(after.text)}"
                raise LinesError(line, f"an operator is missing between {words}")
        if kind == "," and not (before and before.kind in ENDS and after and after.kind in OPENS):
            raise LinesError(line, COMMA)
        depth += {"(": 1, ")": -1}.get(kind, 0)
        if depth < 0:
            raise LinesError(line, "a bracket is closed that was not opened")
    if depth > 0:
        raise LinesError(line, "a bracket is not closed")


OPERATORS: dict[str, type[ast.operator]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "/": ast.Div,
}


def _assignment(tokens: list[Token], line: int) -> Assignment:
    first, sign, rest = tokens[0], tokens[1] if len(tokens) > 1 else None, tokens[2:]
    if first.kind != "name" or sign is None or not sign.kind.endswith("="):
        raise LinesError(line, "no assignment; write name = formula")
    if any(token.kind.endswith("=") for token in rest):
        raise LinesError(line, "one equal sign a line")
    name = first.text
    if name in EACH_STEP:
        raise LinesError(line, f"{name} is given at every step and cannot be assigned")
    if name in FUNCTIONS:
        raise LinesError(line, f"{name} is a function and cannot be assigned")
    return Assignment(line, name, sign.kind[0], rest)


def _tree(part: Assignment) -> ast.expr:
    """The tree of what a line gives its name."""
    line, name, sign, rest = part
    _check(rest, line)
    # A mark before each name: Python keeps words, such as lambda, that are names here.
    words = {"name": "n_{}".format, "number": lambda text: repr(float(text))}
    try:
        code = " ".join(words.get(kind, str)(text) for text, kind in rest)
        tree = ast.parse(code, mode="eval").body
    except SyntaxError:
        raise LinesError(line, MISSING) from None
    for node in ast.walk(tree):
        stars = isinstance(node, ast.Starred | ast.keyword)  # max(*x)
        if stars or (isinstance(node, ast.Tuple) and not node.elts):
            raise LinesError(line, MISSING)
    if operator := OPERATORS.get(sign):
        return ast.BinOp(ast.Name(f"n_{name}"), operator(), tree)
    return tree


Act = Callable[..., Array]
Why = Callable[..., str]


def _power(a: Array, b: Array) -> Array:
    return np.asarray(a * a if b.ndim == 0 and b == 2 else np.power(a, b))


def _no_power(a: Array, b: Array) -> str:
    if np.any((a == 0) & (b < 0)):
        return ZERO
    broken = np.any((a < 0) & (b != np.floor(b)))
    return "a negative number to a power that is not whole" if broken else LARGE


def _large(*_: Array) -> str:
    return LARGE


ACTS: dict[type[ast.operator], tuple[Act, Why]] = {
    ast.Add: (np.add, _large),
    ast.Sub: (np.subtract, _large),
    ast.Mult: (np.multiply, _large),
    ast.Div: (np.divide, lambda a, b: ZERO if np.any(b == 0) else LARGE),
    ast.Pow: (_power, _no_power),
}
FUNCTIONS: dict[str, tuple[Act, Why]] = {
    "sqrt": (np.sqrt, lambda _: "the root of a negative number"),
    "abs": (np.abs, _large),
    "max": (np.maximum, _large),
    "min": (np.minimum, _large),
    "sign": (np.sign, _large),
    "exp": (np.exp, _large),
    "log": (np.log, lambda _: "the logarithm of 0 or less"),
    "norm": (lambda a, g: np.sqrt(np.add.reduce(a * a + 0 * g, axis=None)), _large),
}
TWO = ("max", "min")


class _Reader(NamedTuple):
    """Makes a formula of a tree. ``known`` are the names that have a value."""

    line: int
    known: set[str]

    def formula(self, node: ast.expr) -> Formula:
        if isinstance(node, ast.Constant):
            return self._constant(float(node.value))  # type: ignore[arg-type]
        if isinstance(node, ast.Name):
            return self._name(node.id.removeprefix("n_"))
        if isinstance(node, ast.UnaryOp):
            value = self.formula(node.operand)
            plus = isinstance(node.op, ast.UAdd)
            return value if plus else self._apply((np.negative, _large), value)
        if isinstance(node, ast.BinOp):
            left = self.formula(node.left)
            return self._apply(ACTS[type(node.op)], left, self.formula(node.right))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._call(node.func.id.removeprefix("n_"), node.args)
        many = isinstance(node, ast.Tuple) and node.elts
        raise LinesError(self.line, COMMA if many else MISSING)

    def _constant(self, number: float) -> Formula:
        value = np.asarray(number)
        return lambda _: value

    def _name(self, name: str) -> Formula:
        if name in FUNCTIONS:
            raise LinesError(self.line, f"{name} is a function; write {name}(…)")
        if name not in self.known:
            raise LinesError(self.line, f"{_brief(name)} is unknown; no line assigns it")
        return lambda values: values[name]

    def _call(self, name: str, arguments: list[ast.expr]) -> Formula:
        if name not in FUNCTIONS:
            raise LinesError(self.line, f"{_brief(name)} is no function; a product needs its *")
        takes = 2 if name in TWO else 1
        if len(arguments) != takes:
            raise LinesError(self.line, f"{name} takes {takes} argument{'s' * (takes > 1)}")
        parts = [self.formula(argument) for argument in arguments]
        if name == "norm":  # of a number: of as many as x has
            parts.append(lambda values: values["g"])
        return self._apply(FUNCTIONS[name], *parts)

    def _apply(self, entry: tuple[Act, Why], *parts: Formula) -> Formula:
        (act, why), line = entry, self.line

        def value(values: Values) -> Array:
            given = [np.asarray(part(values)) for part in parts]
            try:
                return np.asarray(act(*given))
            except FloatingPointError:
                raise LinesError(line, why(*given), int(values["t"])) from None

        return value
