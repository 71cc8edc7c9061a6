"""Formulas in words that can be searched and quoted: \\kappa is κ, \\frac{a}{b} is a/b."""

from __future__ import annotations

import re

from docutils import nodes

GREEK = dict(
    zip(
        (
            *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota"),
            *("kappa", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon"),
            *("phi", "chi", "psi", "omega"),
        ),
        "αβγδεζηθικλμνξπρστυφχψω",
        strict=True,
    )
)
SIGNS = {
    **GREEK,
    **{name.capitalize(): letter.upper() for name, letter in GREEK.items()},
    **{"varepsilon": "ε", "ell": "ℓ", "nabla": "∇", "partial": "∂", "infty": "∞", "star": "*"},
    **{"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "approx": "≈", "sim": "∼"},
    **{"propto": "∝", "in": "∈", "to": "→", "rightarrow": "→", "leftarrow": "←", "mapsto": "↦"},
    **{"cdot": "·", "times": "×", "pm": "±", "sum": "∑", "prod": "∏", "int": "∫", "dots": "…"},
    **{"cdots": "…", "ldots": "…", "sqrt": "√", "top": "T", "langle": "⟨", "rangle": "⟩"},
    **{"ll": "≪", "gg": "≫", "equiv": "≡", "cup": "∪", "cap": "∩", "subset": "⊂", "degree": "°"},
}
# Names of functions are words; every other command only says how to set what follows.
FUNCTIONS = {
    *("max", "min", "log", "ln", "exp", "sin", "cos", "tan", "arg", "lim", "sup", "inf"),
    *("det", "dim", "Pr"),
}
RAISED = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SPACES = re.compile(r"\\(?:quad|qquad|[,;:! \\])|[~&]")
ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[^}]*\}(?:\{[lcr|]*\})?")
FRACTION = re.compile(r"\\[tdc]?frac\s*(?:\{([^{}]*)\}|(\w))\s*(?:\{([^{}]*)\}|(\w))")
COMMAND = re.compile(r"\\([A-Za-z]+)\*?")


def formula(tex: str) -> str:
    """A formula as a line of text."""
    text = SPACES.sub(" ", ENVIRONMENT.sub(" ", tex))
    while (replaced := FRACTION.sub(_fraction, text)) != text:
        text = replaced
    text = COMMAND.sub(_command, text)
    text = re.sub(r"[_^]\{?\*?\}?(?=\s|$)", "", text)
    text = re.sub(r"\\([{}|%$#_])", r"\1", text)
    text = re.sub(r"[{}]", "", text).replace("^2", "²").replace("^3", "³")
    return " ".join(text.split())


def with_small_digits(words: str) -> str:
    """A formula in words with its powers and indices as they are printed: 10^−4 is 10⁻⁴."""
    words = re.sub(r"_(\d+)(?![\d^])", lambda index: index[1].translate(LOWERED), words)
    return re.sub(r"\^([-−]?\d+)", lambda power: power[1].translate(RAISED), words)


def _fraction(match: re.Match[str]) -> str:
    over, under = match[1] or match[2] or "", match[3] or match[4] or ""
    return f"{_group(over)}/{_group(under)}"


def _group(text: str) -> str:
    simple = re.fullmatch(r"\s*\\?\w+\s*", text)
    return text.strip() if simple else f"({text.strip()})"


def _command(match: re.Match[str]) -> str:
    name = match[1]
    return SIGNS.get(name) or (name if name in FUNCTIONS else "")


def text_of(node: nodes.Node) -> str:
    """What a reader sees of a node, on one line."""
    return " ".join("".join(_parts(node)).split())


def _parts(node: nodes.Node) -> list[str]:
    if isinstance(node, nodes.Text):
        return [node.astext()]
    if isinstance(node, nodes.math | nodes.math_block):
        gap = " " if isinstance(node, nodes.math_block) else ""
        return [gap, formula(node.astext()), gap]
    if isinstance(node, nodes.raw | nodes.comment | nodes.target | nodes.image):
        return []
    inside = [part for child in node.children for part in _parts(child)]
    inline = isinstance(node, nodes.Inline)
    return inside if inline else [*inside, " "]
