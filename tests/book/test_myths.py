"""Has every wrong claim of the book's plan its box, and every box its counterexample?"""

from __future__ import annotations

import re

import pytest

from tests.book.page import text
from tests.book.trail import sections
from tools.build import pages

CLAIMS = {
    "SGD mostly guarantees the global minimum": "global",
    "batch gradient descent guarantees a local minimum and is unused for that": "local",
    "Adam's correction divides by √(1−β)": "correction",
    "label smoothing turns [0,1,0,0,0] into [.5,.8,.5,.5,.5]": "smoothing",
    "the signature of Adadelta is torch.optim.Adagrad(lr=0.01)": "adadelta",
    "x += learning_rate * dx": "plus",
    "velocity is a running mean, rho is friction": "friction",
    "ReLU's kink shows at x = −1e6 with h > 1e-6": "relu",
    "f(x+h) = f + h f′ + O(h)": "order",
    "the best direction is the gradient": "best-direction",
    "an analytic gradient may be inexact": "inexact",
    "a small generalisation gap is good": "gap",
    "variance up means bias down": "tradeoff",
    "m bootstrap samples means m draws; bagging varies hyperparameters": "bootstrap",
    "boosting samples at random like bagging": "boosting",
    "nested cross-validation suits time series": "nested",
    "a norm penalty is weight decay": "decay",
    "dropout zeroes channels": "channels",
    "batch norm normalises weights over H, W": "batchnorm",
    "in Nesterov's figure βaₜ is the gradient and gₜ the past direction": "swapped",
    "small batches are best / the largest batch is best": "batch-size",
    "one plot at one shared learning rate shows that Adam wins": "shared",
    "Taylor works for every function; the quadratic coefficient is 1/t": "taylor",
    "momentum escapes minima and saddles": "escape",
    "an inflection point is a saddle": "inflection",
    "a convolution is translation-invariant": "invariant",
    "past lr·λ = 1 gradient descent diverges": "edge",
    "Nesterov with the velocity updated before the μ²v term": "stale",
}
"""The claims that the book corrects, and the name of the box of each: myth-NAME."""

BOX = re.compile(r"^(:{3,})\{myth\}[^\n]*\n(?::[a-z]+:[^\n]*\n)*?:name: ([\w-]+)\n", re.MULTILINE)


def boxes() -> dict[str, list[str]]:
    """The names of all boxes, page by page."""
    return {
        page.stem: [match[2] for match in BOX.finditer(text(page.stem))]
        for page in pages()
        if page.stem not in {"index"}
    }


def test_every_claim_has_one_box() -> None:
    """One box a claim, book-wide, and no name twice?"""
    names = [name for found in boxes().values() for name in found]
    assert len(names) == len(set(names))
    missing = {claim: name for claim, name in CLAIMS.items() if f"myth-{name}" not in names}
    assert missing == {}


def test_every_box_has_a_name() -> None:
    """Can each box be linked, as the index must?"""
    for page, names in boxes().items():
        assert text(page).count("{myth} ") == len(names), page


@pytest.mark.parametrize("name", CLAIMS.values())
def test_the_counterexample_can_be_run(name: str) -> None:
    """Is there a code cell beside the box, in its section?"""
    for page in boxes():
        for section in sections(page):
            if f":name: myth-{name}\n" in section.text:
                assert section.cells(), f"{page}: {section.title}"
                return
    raise AssertionError(f"myth-{name} is on no page")
