"""pandas and SciPy on the wire: equal by the libraries' own measure, and never believed."""

from __future__ import annotations

import sys
from typing import Any

import msgpack
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from autograder.errors import LibraryMissing, WireError
from autograder.judge import shapes
from autograder.judge.finite import is_finite
from autograder.kinds import registry
from autograder.kinds.sparse import MOST_ROWS
from autograder.wire import Bounds, Encoder, Refused, decode
from tests.autograder.talking import tried

BOUNDS = Bounds(frame_bytes=1 << 20, items=20_000)


def crossed(value: Any) -> Any:
    return decode(Encoder(BOUNDS).encode(value), BOUNDS)


FRAME = pd.DataFrame({
    "whole": [1, 2, 3],
    "real": [1.5, None, 2],
    "text": ["x", "y", None],
    "true": [True, False, True],
    "kind": pd.Categorical(["u", "v", "u"], categories=["v", "u", "w"], ordered=True),
    "when": pd.to_datetime(["2020-01-01", None, "2021-06-01"]),
    "where": pd.to_datetime(["2020-01-01"] * 3).tz_localize("Europe/Berlin"),
    "long": pd.to_timedelta([1, 2, 3], unit="s"),
    "nullable": pd.array([1, None, 2], dtype="Int64"),
    "truth": pd.array([True, None, False], dtype="boolean"),
    "string": pd.array(["x", None, "y"], dtype="string"),
    "any": pd.Series([[1], "q", None], dtype=object),
    "month": pd.period_range("2020-01", periods=3, freq="M"),
    "between": pd.cut([1, 2, 3], 2),
})  # fmt: skip
FRAMES = {
    "columns of every kind": FRAME,
    "an index of two levels": FRAME.set_index(["whole", "kind"]),
    "columns of two levels": FRAME.pivot_table(
        index="kind", values="whole", aggfunc=["sum", "mean"], observed=True
    ),
    "numbers for names": pd.DataFrame(np.arange(6.0).reshape(2, 3)),
    "a description": FRAME.describe(include="number"),
    "nothing": pd.DataFrame(),
    "an index alone": pd.DataFrame(index=["a", "b"]),
    "no rows": FRAME.iloc[:0],
    "a name twice": pd.DataFrame([[1, "a"]], columns=["x", "x"]),
    "some rows": FRAME[FRAME.whole > 1],
    "dates for an index": pd.DataFrame(
        {"x": [1, 2]}, index=pd.date_range("2020", periods=2, freq="D", name="day")
    ),
}
SERIES = {
    **{f"the column {name}": FRAME[name] for name in FRAME},
    "counts": FRAME["text"].value_counts(),
    "a group's sums": FRAME.groupby("kind", observed=True)["whole"].sum(),
    "nothing": pd.Series(dtype=float),
    "under a name that is a tuple": pd.Series([1], name=("a", 1)),
}
INDEXES = {
    "range": pd.RangeIndex(2, 10, 3, name="r"),
    "text": pd.Index(["a", "b"]),
    "mixed": pd.Index([1, "a", None], dtype=object),
    "dates": pd.date_range("2020", periods=3, freq="MS", tz="UTC"),
    "durations": pd.timedelta_range("1h", periods=3),
    "periods": pd.period_range("2020", periods=2, freq="Y"),
    "intervals": pd.interval_range(0, 2),
    "categories": pd.CategoricalIndex(["a", "b", "a"]),
    "levels": pd.MultiIndex.from_product([["a"], [1, 2]], names=["l", None]),
}


@pytest.mark.parametrize("what", FRAMES)
def test_frames_arrive_as_they_left(what: str) -> None:
    """Does pandas find no difference in values, dtypes, index, columns and names?"""
    pd.testing.assert_frame_equal(FRAMES[what], crossed(FRAMES[what]))


@pytest.mark.parametrize("what", SERIES)
def test_series_arrive_as_they_left(what: str) -> None:
    """Does pandas find no difference in a column?"""
    pd.testing.assert_series_equal(SERIES[what], crossed(SERIES[what]))


@pytest.mark.parametrize("what", INDEXES)
def test_indexes_arrive_as_they_left(what: str) -> None:
    """Does pandas find no difference in an index, its class and frequency included?"""
    arrived = crossed(INDEXES[what])
    pd.testing.assert_index_equal(INDEXES[what], arrived, exact=True)
    assert getattr(arrived, "freq", None) == getattr(INDEXES[what], "freq", None)


@pytest.mark.parametrize(
    "value",
    [
        pd.Timestamp("2020-01-01 10:00", tz="Europe/Berlin"), pd.Timestamp("2020"),
        pd.Timedelta("3h"), pd.Period("2020-01"), pd.Interval(1, 2.5, closed="both"),
        pd.Int64Dtype(), FRAME["text"].dtype, FRAME["kind"].dtype, FRAME["where"].dtype,
    ],
    ids=str,
)  # fmt: skip
def test_scalars_arrive_as_they_left(value: Any) -> None:
    """Do moments, durations, periods and dtypes keep their class and value?"""
    arrived = crossed(value)
    assert (type(arrived), arrived) == (type(value), value)
    if not isinstance(value, pd.api.extensions.ExtensionDtype):
        assert crossed({value: 1}) == {arrived: 1}


def test_what_is_missing_and_arrays_alone_arrive_as_they_left() -> None:
    """Are NaT and NA the ones, and arrays without a table of their class?"""
    assert crossed([pd.NaT, pd.NA]) == [pd.NaT, pd.NA]
    assert crossed([pd.NaT, pd.NA])[1] is pd.NA
    for values in (FRAME["text"].unique(), FRAME["kind"].unique(), FRAME["nullable"].array,
                   FRAME["where"].array, FRAME["long"].array):  # fmt: skip
        assert type(crossed(values)) is type(values)
        pd.testing.assert_series_equal(pd.Series(crossed(values)), pd.Series(values))


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"])
@pytest.mark.parametrize("family", ["matrix", "array"])
def test_sparse_matrices_arrive_as_they_left(form: str, family: str) -> None:
    """Does a sparse matrix keep its class, shape, dtype and values?"""
    made = getattr(sp, f"{form}_{family}")(np.array([[1, 0], [0, 2], [0, 0]], dtype=np.int32))
    arrived = crossed(made)
    assert (type(arrived), arrived.shape, arrived.dtype) == (type(made), made.shape, made.dtype)
    assert (arrived.toarray() == made.toarray()).all()


def packed(name: str, payload: Any) -> bytes:
    """A document that says to hold a value of this kind."""
    return msgpack.packb(msgpack.ExtType(8, msgpack.packb([name, payload])))


def array(values: Any) -> Any:
    """An array inside such a document."""
    return msgpack.unpackb(Encoder(BOUNDS).encode(np.array(values)))


RANGE = msgpack.unpackb(Encoder(BOUNDS).encode(pd.RangeIndex(2)))
WRONG = {
    "a value outside": ("scipy.csr_matrix", ["csr_matrix", [2, 2], array([2]), array([0]),
                                             array([1.0])]),
    "a value before": ("scipy.csc_array", ["csc_array", [2, 2], array([0]), array([-1]),
                                           array([1.0])]),
    "a matrix as large as the world": ("scipy.csr_matrix", ["csr_matrix", [2**40, 1], array([0]),
                                                            array([0]), array([1.0])]),
    "as many lists as memory has": ("scipy.lil_matrix", ["lil_matrix", [MOST_ROWS, 1], array([0]),
                                                         array([0]), array([1.0])]),
    "a format that is a function": ("scipy.csr_matrix", ["eye_array", [2, 2], array([0]),
                                                         array([0]), array([1.0])]),
    "an index of everything": ("pandas.Index", ["range", 0, 10**12, 1, None]),
    "a code without a category": ("pandas.Categorical", ["category", array([5]), RANGE, False]),
    "a level that is not there": ("pandas.Index", ["multi", [RANGE], [array([7])], [None]]),
    "columns of other lengths": ("pandas.DataFrame", [[array([1, 2]), array([1])], RANGE, RANGE]),
    "a series longer than its index": ("pandas.Series", [array([1, 2, 3]), RANGE, None]),
    "an index that is none": ("pandas.Series", [array([1, 2]), [0, 1], None]),
    "a frequency that is code": ("pandas.Period", [1, "__import__('os')"]),
    "a dtype that loads a library": ("pandas.dtype", "foo[pyarrow]"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_no_library_would_say_is_refused(what: str) -> None:
    """Is a table or matrix that cannot be, or would fill the memory, a WireError?"""
    with pytest.raises(WireError):
        decode(packed(*WRONG[what]), BOUNDS)


def test_a_judge_without_the_library_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is it one clear line that the judge lacks pandas, and no fault of the student's?"""
    document = Encoder(BOUNDS).encode(pd.Timestamp("2020"))
    monkeypatch.setattr(
        registry, "_by_name", {n: k for n, k in registry._by_name.items() if "pandas" not in n}
    )
    monkeypatch.delitem(sys.modules, "autograder.kinds.tables")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(LibraryMissing, match="pandas, which is not installed"):
        decode(document, BOUNDS)


def test_what_nobody_can_take_apart_is_refused_by_name() -> None:
    """Is a column of a dtype that does not cross named?"""
    with pytest.raises(Refused, match="a column of dtype Sparse"):
        Encoder(BOUNDS).encode(pd.Series(pd.arrays.SparseArray([0, 1])))


def test_missing_values_and_empty_tables_are_judged() -> None:
    """Is nan in a table a value, and no evidence where the reference has none?"""
    assert is_finite(FRAME)
    whole, holey = pd.Series([1.0, 2.0]), pd.Series([1.0, None])
    assert shapes.misfit(holey, whole).startswith("missing values")
    assert shapes.misfit(holey, holey) == shapes.misfit(whole, holey) == ""
    assert shapes.has_empty(whole[:0])
    assert shapes.misfit(whole[:0], whole) == shapes.EMPTY
    assert shapes.misfit(set(), {1}) == shapes.NOTHING_IN_IT


PANDAS = "import pandas as pd"
CELLS = {
    "a column added in place": (
        PANDAS + "\ndef f(df):\n    df['z'] = df['x'] * 2",
        "df = pd.DataFrame({'x': [1, 2]})\nf(df)\nassert df['z'].tolist() == [2, 4]",
    ),
    "the same frame comes back": (
        "def f(df):\n    df.loc[0, 'x'] = 9\n    return df",
        "df = pd.DataFrame({'x': [1, 2]})\nassert f(df) is df and df['x'].tolist() == [9, 2]",
    ),
    "rows dropped in place": (
        "def f(s):\n    del s[1]",
        "s = pd.Series([1.0, None])\nf(s)\nassert len(s) == 1",
    ),
    "a copy changed": (
        "def f(df):\n    df = df.copy()\n    df['z'] = 1\n    return df",
        "df = pd.DataFrame({'x': [1]})\nassert list(f(df)) == ['x', 'z'] and list(df) == ['x']",
    ),
    "a column as a list of dtypes": (
        "def f(df):\n    return df.dtypes",
        "assert f(pd.DataFrame({'x': [1.0]}))['x'] == 'float64'",
    ),
    "an error of pandas'": (
        PANDAS + "\ndef f(df):\n    return pd.merge(df, df, on='y', validate='1:1')",
        "try:\n    f(pd.DataFrame({'x': [1]}))\n    assert False\nexcept KeyError:\n    pass",
    ),
}


@pytest.mark.parametrize("what", CELLS)
def test_tables_in_a_conversation(what: str) -> None:
    """Do a student's function and a test work on one table as in one notebook?"""
    tried(*CELLS[what], PANDAS)
