"""Who is right about a difference, and why, in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from autograder.compare.stock import StockCell
from autograder.verdict import TestVerdict

REFERENCE = "the reference"
UNTOUCHED = "the untouched release"
Right = Literal["stock", "this grader", "to be looked at"]
TIMEOUT = "CellTimeoutError"


@dataclass(frozen=True)
class Reason:
    """Whose score counts, and the sentence for the instructor."""

    right: Right
    why: str


def reason(
    who: str, stock: StockCell | None, trouble: str, here: TestVerdict, faulty: str = ""
) -> Reason:
    """Why stock nbgrader and this grader differ about a cell of ``who``'s notebook.

    ``stock`` is None where it gave no score to the whole submission, because of ``trouble``;
    ``faulty`` tells why the reference itself fails the cell with stock, if it does.
    """
    if stock is None or stock.score is None:
        return Reason("this grader", f"stock gave no score: {trouble or 'it has no such cell'}")
    if here.score is None and faulty:
        return Reason("this grader", f"the reference itself fails with stock: {faulty}")
    if here.score is None:
        return Reason("stock", f"this grader could not judge the cell: {here.message}")
    if who == UNTOUCHED:
        return _for_nothing(stock, here.score)
    if stock.score > here.score:
        return Reason(
            "stock" if who == REFERENCE else "to be looked at",
            f"this grader: {here.message or here.status}",
        )
    return _stock_gave_less(who, stock)


def _for_nothing(stock: StockCell, here: float) -> Reason:
    """Nobody has written anything: the lower score is right."""
    if stock.score is not None and stock.score > here:
        return Reason("this grader", "stock gives points although nothing was written")
    return Reason("stock", "this grader gives points although nothing was written")


def _stock_gave_less(who: str, stock: StockCell) -> Reason:
    right: Right = "this grader" if who == REFERENCE else "to be looked at"
    warning = f"a warning on stderr ({stock.stderr})"
    if stock.error.startswith(TIMEOUT):
        return Reason("this grader", "stock ended the cell after its time limit")
    if stock.error:
        return Reason(right, f"stock's test ended with {stock.error}")
    if stock.stderr:
        return Reason("this grader", f"stock gave {stock.score:g} because of {warning}")
    return Reason(right, f"stock read {stock.value or 'no value'} as {stock.score:g} points")
