"""What a student's process says in words, let through only where it cannot carry a message.

Error texts and type names are composed by the submission: it could write the hidden inputs down
in them. A standard sentence of Python or NumPy about names that stand in the student's own
cells passes; everything else is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from autograder.sandbox.student import COROUTINE, ELSEWHERE

_WORD = r"[A-Za-z_]\w{0,39}"
_SHAPES = r"[\d(), and]{1,80}"
_STANDARD = [
    re.compile(pattern)
    for pattern in (
        rf"name '{_WORD}' is not defined",
        rf"(cannot access|local variable|free variable) [a-z ]*'{_WORD}'[a-z' ]*",
        rf"{_WORD}\(\) missing \d+ required (positional|keyword-only) arguments?: [\w', ]{{1,120}}",
        rf"{_WORD}\(\) takes (from )?\d+( to \d+)? positional arguments? but \d+ (was|were) given",
        rf"{_WORD}\(\) got an unexpected keyword argument '{_WORD}'",
        rf"unsupported operand type\(s\) for [^:\w]{{1,4}}=?: '{_WORD}' and '{_WORD}'",
        rf"'{_WORD}' object (is not (callable|iterable|subscriptable)"
        rf"|has no attribute '{_WORD}'|does not support item assignment)",
        rf"module '{_WORD}' has no attribute '{_WORD}'",
        rf"operands could not be broadcast together with shapes {_SHAPES}",
        rf"shapes {_SHAPES} not aligned: [\d (dim)!=]{{1,60}}",
        r"matmul: Input operand \d does not have enough dimensions \(has \d+, gufunc core with "
        r"signature \(n\?,k\),\(k,m\?\)->\(n\?,m\?\) requires \d+\)",
        r"matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
        r"\(n\?,k\),\(k,m\?\)->\(n\?,m\?\) \(size \d+ is different from \d+\)",
        r"index \d+ is out of bounds for axis \d with size \d+",
        r"(list|tuple) index out of range|division by zero|float division by zero",
        r"too many values to unpack \(expected \d+(, got \d+)?\)",
        r"not enough values to unpack \(expected \d+, got \d+\)",
        r"cannot unpack non-iterable \w{1,40} object",
        r"maximum recursion depth exceeded[a-z ]*",
        r"The truth value of an array with more than one element is ambiguous\. "
        r"Use a\.any\(\) or a\.all\(\)",
        r"only (0-dimensional|length-1|size-1) arrays can be converted to Python scalars",
        re.escape(ELSEWHERE),
    )
]


def standard_text(text: str, sources: Mapping[int, str]) -> str:
    """The error's text if it is a standard sentence about the student's own names, else ""."""
    if not any(pattern.fullmatch(text) for pattern in _STANDARD):
        return ""
    names = [name for pair in _NAMES.findall(text) for name in pair if name]
    return text if all(name in _KINDS or written(name, sources) for name in names) else ""


_NAMES = re.compile(rf"'({_WORD})'|^({_WORD})\(\)")
_KINDS = {"int", "float", "list", "tuple", "dict", "str", "NoneType", "function", "bool"} | {
    "ndarray", "numpy", "float64", "int64", "generator", "method", "set", "Axes",
    "bytes", "complex", "range", "str_", "MaskedArray", "matrix", "Figure", "module", "type",
}  # fmt: skip


_CLAIMS = re.compile(
    r"a (list|tuple|generator) of more than \d+ values|more than \d+ values"
    r"|a value of more than \d+ MB|data nested more than \d+ deep"
    r"|an integer of more than \d+ bytes|an array of dtype (object|float128|complex256)"
    rf"|{re.escape(COROUTINE)}"
)
_CLAIMED_TYPE = re.compile(r"an? (?:object|dict with a key) of type ([\w.<>]{1,80})")


def claimed(text: str, sources: Mapping[int, str]) -> str:
    """What the student's process says it could not send, if that cannot carry a message."""
    kind = _CLAIMED_TYPE.fullmatch(text)
    if kind is not None:
        last = kind[1].rpartition(".")[2]
        return text if last in _KINDS or written(last, sources) else "an object of some type"
    return text if _CLAIMS.fullmatch(text) else "something"


def written(name: str, sources: Mapping[int, str]) -> bool:
    """Whether the student's own cells hold this name."""
    return any(re.search(rf"\b{re.escape(name)}\b", source) for source in sources.values())
