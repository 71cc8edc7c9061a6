"""The table of methods against the functions it names."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from lossland import adaptive, optimizers
from lossland.experiment import minimise
from lossland.methods import METHODS, factory, optimizer
from lossland.optimizers import Optimizer
from lossland.surfaces import quadratic_bowl

NAMES = list(METHODS)


def makers() -> set[str]:
    """The public functions of the library that give an optimizer."""
    return {
        name
        for module in (optimizers, adaptive)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and str(inspect.signature(function).return_annotation).startswith(Optimizer.__name__)
    }


def test_nothing_is_left_out() -> None:
    """Has every optimizer of the library a row, and every row an optimizer?"""
    assert {factory(name).__name__ for name in METHODS} == makers()


@pytest.mark.parametrize("name", NAMES)
def test_defaults_are_the_function_s(name: str) -> None:
    """Are the defaults the arguments after lr, in their order, as JavaScript hands them over?"""
    asked = list(inspect.signature(factory(name)).parameters)
    assert asked[0] == "lr"
    assert asked[1 : 1 + len(METHODS[name].defaults)] == list(METHODS[name].defaults)
    optimizer(name, 0.1)


@pytest.mark.parametrize("name", NAMES)
def test_rule_is_the_docstring_s(name: str) -> None:
    """Does the docstring say the table's rule?"""
    said = " ".join((factory(name).__doc__ or "").split()).lower()
    for part in METHODS[name].rule.split("; "):
        assert part.lower() in said


@pytest.mark.parametrize("name", NAMES)
def test_docstring_is_complete(name: str) -> None:
    """Does it tell shapes, units, errors, the source and PyTorch's call, beside the rule?"""
    said = " ".join((factory(name).__doc__ or "").split())
    for part in ("shape", "unit", "ValueError", "Source: ", "In PyTorch ``"):
        assert part in said or (name == "amsgrad" and "PyTorch's ``Adam(lr, amsgrad" in said), part


@pytest.mark.parametrize("name", NAMES)
def test_axes_matter_where_the_table_says_so(name: str) -> None:
    """On the bowl turned by 30°, from the turned start: are the losses the same, or other ones?"""
    losses = []
    for angle in (0.0, np.pi / 6):
        bowl = quadratic_bowl(20.0, angle)
        c, s = np.cos(angle), np.sin(angle)
        start = np.array([[c, -s], [s, c]]) @ [1.5, 0.5]
        losses.append(minimise(bowl.loss_and_gradient, start, optimizer(name, 0.02), 30).loss)
    same = np.allclose(losses[0], losses[1], rtol=1e-6)
    assert same is not METHODS[name].axes


def test_an_unknown_name() -> None:
    """Does a name outside the table bring the names that there are?"""
    with pytest.raises(KeyError, match="no method of the table: gradient descent"):
        factory("gradient_descent")
