"""What a student's process says in words, let through only as far as it carries a few bits.

Error texts, type names, places and sizes are composed by the submission: it could write the hidden
inputs down in them. What passes is one of the standard sentences below, about names that stand in
the raising line, with at most four numbers, each told roughly: at most ``BITS`` bits altogether.
"""

from __future__ import annotations

import io
import itertools
import math
import re
import tokenize
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from autograder.checks.wording import TEXTS, rough
from autograder.judge.magics import as_python
from autograder.sandbox.handed import ELSEWHERE
from autograder.sandbox.student import COROUTINE

MOST_NUMBERS = 4
MOST_LINES = 1000
"""Lines of the whole notebook, from its start, of which one may be named as the raising one."""
MOST_NAMES = 1000
"""Names of the whole notebook, from its start, that may be told."""
NAMES_A_LINE = 8
ERROR_KINDS = 128
"""More than there are built-in exceptions."""

_KINDS = frozenset({
    "int", "float", "list", "tuple", "dict", "str", "NoneType", "function", "bool",
    "ndarray", "numpy", "float64", "int64", "generator", "method", "set", "Axes",
    "bytes", "complex", "range", "str_", "MaskedArray", "matrix", "Figure", "module", "type",
})  # fmt: skip
_NUMBER = r"\d{1,18}"
_SHAPE = rf"\((?:{_NUMBER}(?:,|(?:, ?{_NUMBER}){{1,3}}))?\)"
_HOLES = {"own": r"[A-Za-z_]\w{0,39}", "kind": r"[A-Za-z_]\w{0,39}", "n": _NUMBER, "shape": _SHAPE}
_OPERATORS = r"(?:[-+/%@&|^]|\*|//|<<|>>|\*\* or pow\(\))=?"


def _sentence(text: str) -> re.Pattern[str]:
    """A pattern for a sentence with <own>, <kind>, <n> and <shape> in the places of what varies."""
    count = itertools.count()
    parts = re.split(r"<(own|kind|n|shape)>", text)
    holes = (f"(?P<{hole}_{next(count)}>{_HOLES[hole]})" for hole in parts[1::2])
    return re.compile("".join(itertools.chain(*zip(parts[::2], [*holes, ""], strict=True))))


# What follows a head that is marked is left out; without room for its numbers, the head is all.
_STANDARD = [
    _sentence(text)
    for text in (
        r"name '<own>' is not defined",
        r"cannot access local variable '<own>' where it is not associated with a value",
        r"local variable '<own>' referenced before assignment",
        r"cannot access free variable '<own>' where it is not associated with a value "
        r"in enclosing scope",
        r"(?P<head><own>\(\) missing <n> required (?:positional|keyword-only) arguments?):.*",
        r"<own>\(\) takes <n> positional arguments? but <n> (?:was|were) given",
        r"<own>\(\) takes from <n> to <n> positional arguments but <n> (?:was|were) given",
        r"<own>\(\) got an unexpected keyword argument '<own>'",
        rf"unsupported operand type\(s\) for {_OPERATORS}: '<kind>' and '<kind>'",
        r"'<kind>' object is not callable",
        r"'<kind>' object is not iterable",
        r"'<kind>' object is not subscriptable",
        r"'<kind>' object does not support item assignment",
        r"'<kind>' object cannot be interpreted as an integer",
        r"'<kind>' object has no attribute '<own>'",
        r"module '<kind>' has no attribute '<own>'",
        r"(?:list|tuple) indices must be integers or slices, not <kind>",
        r"can't multiply sequence by non-int of type '<kind>'",
        r"(?P<head>operands could not be broadcast together)"
        r" with shapes <shape> <shape>",
        r"(?P<head>operands could not be broadcast together)"
        r" with shapes <shape> <shape> <shape>",
        r"(?P<head>shapes <shape> and <shape> not aligned): .*",
        r"matmul: Input operand <n> does not have enough dimensions \(has <n>, gufunc core with "
        r"signature \(n\?,k\),\(k,m\?\)->\(n\?,m\?\) requires <n>\)",
        r"matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
        r"\(n\?,k\),\(k,m\?\)->\(n\?,m\?\) \(size <n> is different from <n>\)",
        r"index <n> is out of bounds for axis <n> with size <n>",
        r"(?:list|tuple) index out of range",
        r"(?:float )?division by zero",
        r"too many values to unpack \(expected <n>(?:, got <n>)?\)",
        r"not enough values to unpack \(expected <n>, got <n>\)",
        r"cannot unpack non-iterable <kind> object",
        r"maximum recursion depth exceeded"
        r"(?: while calling a Python object| in comparison)?",
        r"The truth value of an array with more than one element is ambiguous\. "
        r"Use a\.any\(\) or a\.all\(\)",
        r"only (?:0-dimensional|length-1|size-1) arrays can be converted to Python scalars",
        re.escape(ELSEWHERE),
    )
]  # fmt: skip

BITS = math.ceil(
    math.log2(ERROR_KINDS)
    + math.log2(MOST_LINES)
    + math.log2(4 * len(_STANDARD))  # four ways to write one, at most: its singulars and commas
    + 2 * math.log2(len(_KINDS) + NAMES_A_LINE + 1)
    + MOST_NUMBERS * math.log2(TEXTS)
)
"""What the text of one failed test tells at most about hidden inputs through a raised error."""


class Line(NamedTuple):
    """A line of the student's code: its text, and the names that stand in it."""

    text: str = ""
    names: frozenset[str] = frozenset()


def line_of(cell: int, number: int, sources: Mapping[int, str]) -> Line:
    """The line that a process names, if it exists and is one of the first ``MOST_LINES``."""
    before = 0
    for index, source in sorted(sources.items()):
        lines = source.splitlines()
        if index == cell and 0 < number <= len(lines) and before + number <= MOST_LINES:
            names = (name for row, name in _names(source) if row == number)
            found = frozenset(itertools.islice(dict.fromkeys(names), NAMES_A_LINE))
            return Line(lines[number - 1].strip()[:120], found)
        before += len(lines)
    return Line()


def standard_text(text: str, names: frozenset[str]) -> str:
    """The error's text if it is a standard sentence about these names, cut to size; else ""."""
    text = text.strip()
    found = next((m for m in (p.fullmatch(text) for p in _STANDARD) if m), None)
    if found is None:
        return ""
    for hole, word in found.groupdict().items():
        unknown = word not in names and (hole.startswith("own") or word not in _KINDS)
        if hole.startswith(("own", "kind")) and unknown:
            return ""
    head = found.groupdict().get("head") or ""
    # What is left out after a head is not needed; numbers are, where there is room for them.
    shown = head if found.re.pattern.endswith(".*") else text
    if len(_NUMBERS.findall(shown)) > MOST_NUMBERS:
        shown = head if not _NUMBERS.search(head) else ""
    return _NUMBERS.sub(lambda number: rough(int(number[0])).replace(",", ""), shown)


_NUMBERS = re.compile(r"(?<!\w)\d+(?!\w)")
_CLAIMS = re.compile(
    r"a (?:list|tuple|generator|set|frozenset|dict|range|deque) of more than \d{1,9} values"
    r"|more than \d{1,9} values|a Decimal of more than \d{1,9} digits|a time zone without a name"
    r"|a value of more than \d{1,9} MB|data nested more than \d{1,9} deep"
    r"|an integer of more than \d{1,9} bytes|an array of dtype (?:object|float128|complex256)"
    rf"|{re.escape(COROUTINE)}"
)
_CLAIMED_TYPE = re.compile(r"an? (?P<what>object|dict with a key) of type ([\w.<>]{1,80})")


def claimed(text: str, sources: Mapping[int, str]) -> str:
    """What the student's process says it could not send, if that cannot carry a message."""
    kind = _CLAIMED_TYPE.fullmatch(text)
    if kind is not None:
        last = kind[2].rpartition(".")[2]
        told = last in _KINDS or written(last, sources)
        return f"{'a' if kind['what'] != 'object' else 'an'} {kind['what']} of " + (
            f"type {last}" if told else "some type"
        )
    if not _CLAIMS.fullmatch(text):
        return "something"
    return _NUMBERS.sub(lambda number: rough(int(number[0])), text)


def written(name: str, sources: Mapping[int, str]) -> bool:
    """Whether the student's own code holds this name, among its first ``MOST_NAMES``."""
    names = (found for _, source in sorted(sources.items()) for _, found in _names(source))
    return name in itertools.islice(dict.fromkeys(names), MOST_NAMES)


def _names(source: str) -> Iterator[tuple[int, str]]:
    """(line, name) of the code; what stands in texts and comments is no name."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(as_python(source)).readline):
            if token.type == tokenize.NAME:
                yield token.start[0], token.string
    except (tokenize.TokenError, SyntaxError):
        return  # so far it could be read
