"""pandas: Series, Index, DataFrame, their columns' arrays and their scalars.

A column crosses as a NumPy array where it is one and as the arrays it is made of where it is an
extension: codes and categories, values and mask. Imported only where pandas is there already, or
where a value of it arrives.
"""

from __future__ import annotations

import datetime
import re
import zoneinfo
from typing import Any

import numpy as np
import pandas as pd

from autograder.kinds import keys
from autograder.kinds.registry import Kind, NotPlain, demand, fields, of_type, register
from autograder.kinds.values import MOST_STEPS

_CLOSED = frozenset({"left", "right", "both", "neither"})
_FREQUENCY = re.compile(r"-?\d{0,6}[A-Za-z]{1,8}(-[A-Za-z]{1,4}){0,2}")
_NAMED_DTYPE = re.compile(
    r"U?Int(8|16|32|64)|Float(32|64)|boolean|string|str|period\[[A-Za-z0-9-]{1,12}\]"
    r"|datetime64\[(s|ms|us|ns), [A-Za-z0-9_+/:-]{1,40}\]"
    r"|interval\[(u?int|float)\d{1,2}, (left|right|both|neither)\]"
)


# -- columns -----------------------------------------------------------------------------


def _column_plain(values: Any) -> Any:  # noqa: PLR0911
    """A column (a Series, an Index or an extension array) as plain arrays."""
    dtype = values.dtype
    if isinstance(dtype, np.dtype):
        return np.asarray(values)
    array = values if isinstance(values, pd.api.extensions.ExtensionArray) else values.array
    if isinstance(dtype, pd.CategoricalDtype):
        return ["category", np.asarray(array.codes), array.categories, bool(array.ordered)]
    if isinstance(dtype, pd.DatetimeTZDtype):
        return ["tz", np.asarray(array.tz_convert("UTC").tz_localize(None)), _zone(dtype.tz)]
    if isinstance(dtype, pd.PeriodDtype):
        return ["period", np.asarray(array.asi8), str(dtype)[len("period[") : -1]]
    if isinstance(dtype, pd.IntervalDtype):
        return ["interval", array.left, array.right, array.closed]
    if isinstance(dtype, pd.StringDtype):
        texts = [None if missing else str(text) for text, missing in zip(array, array.isna())]  # noqa: B905
        return ["string", texts, str(dtype.storage), dtype.na_value is pd.NA]
    if hasattr(array, "_mask") and hasattr(array, "_data"):
        return ["nullable", np.asarray(array._data), np.asarray(array._mask)]
    raise NotPlain(f"a column of dtype {str(dtype)[:40]}")


def _column(payload: Any) -> Any:
    if type(payload) is np.ndarray:
        demand(payload.ndim == 1, "a column of other than one axis")
        return payload
    kind, *parts = of_type(payload, list)
    demand(type(kind) is str and kind in _COLUMNS, "a column of unknown kind")
    return _COLUMNS[kind](parts)


def _category(parts: Any) -> Any:
    codes, categories, ordered = fields(parts, np.ndarray, object, bool)
    demand(isinstance(categories, pd.Index), "a category without categories")
    return pd.Categorical.from_codes(codes, categories=categories, ordered=ordered)


def _with_zone(parts: Any) -> Any:
    moments, zone = fields(parts, np.ndarray, object)
    demand(moments.dtype.kind == "M", "moments that are none")
    return pd.DatetimeIndex(moments).tz_localize("UTC").tz_convert(_is_zone(zone)).array


def _period(parts: Any) -> Any:
    ordinals, frequency = fields(parts, np.ndarray, str)
    demand(ordinals.dtype == np.int64, "periods that are none")
    return pd.arrays.PeriodArray(ordinals, dtype=pd.PeriodDtype(_frequency(frequency)))


def _interval(parts: Any) -> Any:
    left, right, closed = fields(parts, object, object, str)
    demand(isinstance(left, pd.Index) and isinstance(right, pd.Index), "intervals without ends")
    demand(closed in _CLOSED, "intervals that are none")
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=closed)


def _string(parts: Any) -> Any:
    texts, storage, marked = fields(parts, list, str, bool)
    demand(all(type(text) in (str, type(None)) for text in texts), "texts that are none")
    demand(storage in ("python", "pyarrow"), "texts of unknown storage")
    missing: Any = pd.NA if marked else np.nan
    try:
        dtype = pd.StringDtype(storage, na_value=missing)
    except ImportError:  # the judge has no pyarrow: the texts are the same
        dtype = pd.StringDtype("python", na_value=missing)
    return pd.array(texts, dtype=dtype)


def _nullable(parts: Any) -> Any:
    data, mask = fields(parts, np.ndarray, np.ndarray)
    demand(mask.dtype == bool and mask.shape == data.shape, "a mask that is none")
    made = {"i": pd.arrays.IntegerArray, "u": pd.arrays.IntegerArray, "b": pd.arrays.BooleanArray,
            "f": pd.arrays.FloatingArray}  # fmt: skip
    demand(data.ndim == 1 and data.dtype.kind in made, "a column of an unknown dtype")
    return made[data.dtype.kind](data, mask)


_COLUMNS = {
    "category": _category, "tz": _with_zone, "period": _period, "interval": _interval,
    "string": _string, "nullable": _nullable,
}  # fmt: skip


def _zone(zone: Any) -> Any:
    return zone if type(zone) in (datetime.timezone, zoneinfo.ZoneInfo) else str(zone)[:80]


def _is_zone(zone: Any) -> Any:
    if type(zone) is str:
        demand(re.fullmatch(r"[A-Za-z0-9_+/-]{1,80}", zone) is not None, "a zone of no name")
        return zone
    demand(type(zone) in (datetime.timezone, zoneinfo.ZoneInfo), "no time zone")
    return zone


def _frequency(text: str) -> str:
    demand(_FREQUENCY.fullmatch(text) is not None, "a frequency that is none")
    return text


def _array_plain(array: Any) -> Any:
    return _column_plain(array)


def _array(payload: Any) -> Any:
    column = _column(payload)
    return pd.array(column, dtype=column.dtype) if isinstance(column, np.ndarray) else column


# -- Index, Series, DataFrame ------------------------------------------------------------


def _name(name: Any) -> Any:
    demand(keys.is_key(name), "a name that is none")
    return name


def _index_plain(index: Any) -> Any:
    if isinstance(index, pd.RangeIndex):
        if len(index) > MOST_STEPS:
            raise NotPlain(f"an index of more than {MOST_STEPS} values")
        return ["range", index.start, index.stop, index.step, index.name]
    if isinstance(index, pd.MultiIndex):
        codes = [np.asarray(part) for part in index.codes]
        return ["multi", list(index.levels), codes, list(index.names)]
    return ["index", _column_plain(index), index.name, getattr(index, "freqstr", None)]


def _index(payload: Any) -> Any:
    kind, *parts = of_type(payload, list)
    if kind == "range":
        start, stop, step, name = fields(parts, int, int, int, object)
        demand(step != 0 and (stop - start) // step < MOST_STEPS, "an index that is too long")
        return pd.RangeIndex(start, stop, step, name=_name(name))
    if kind == "multi":
        levels, codes, names = fields(parts, list, list, list)
        demand(all(isinstance(level, pd.Index) for level in levels), "an index without levels")
        return pd.MultiIndex(levels=levels, codes=codes, names=list(map(_name, names)))
    demand(kind == "index", "an index of unknown kind")
    column, name, frequency = fields(parts, object, object, (str, type(None)))
    values = _column(column)
    index = pd.Index(values, dtype=values.dtype, name=_name(name))
    if frequency is not None and isinstance(index, pd.DatetimeIndex | pd.TimedeltaIndex):
        index.freq = _frequency(frequency)
    return index


def _is_index(value: Any) -> Any:
    demand(isinstance(value, pd.Index), "a table without an index")
    return value


def _series_plain(series: Any) -> Any:
    return [_column_plain(series), series.index, series.name]


def _series(payload: Any) -> Any:
    column, index, name = fields(payload, object, object, object)
    values = _column(column)
    return pd.Series(values, index=_is_index(index), name=_name(name), dtype=values.dtype)


def _frame_plain(frame: Any) -> Any:
    return [[_column_plain(column) for _, column in frame.items()], frame.index, frame.columns]


def _frame(payload: Any) -> Any:
    columns, index, names = fields(payload, list, object, object)
    values = [_column(column) for column in columns]
    demand(len(values) == len(_is_index(names)), "a table with a name too few or too many")
    index = _is_index(index)
    made = {n: pd.Series(v, index=index, dtype=v.dtype) for n, v in enumerate(values)}
    frame = pd.DataFrame(made, index=index)
    frame.columns = names
    return frame


def _fill(table: Any, other: Any) -> None:
    """A table holds what another one does: columns, rows and dtypes; it stays the same object."""
    table._update_inplace(other)
    if isinstance(table, pd.Series):
        table.name = other.name


# -- scalars -----------------------------------------------------------------------------


def _timestamp_plain(moment: Any) -> Any:
    return [moment.asm8, None if moment.tz is None else _zone(moment.tz)]


def _timestamp(payload: Any) -> Any:
    moment, zone = fields(payload, np.datetime64, object)
    found = pd.Timestamp(moment)
    demand(found is not pd.NaT, "a moment that is none")
    return found if zone is None else found.tz_localize("UTC").tz_convert(_is_zone(zone))


def _timedelta(payload: Any) -> Any:
    found = pd.Timedelta(of_type(payload, np.timedelta64))
    demand(found is not pd.NaT, "a duration that is none")
    return found


def _one_period(payload: Any) -> Any:
    ordinal, frequency = fields(payload, int, str)
    return pd.Period(ordinal=ordinal, freq=_frequency(frequency))


def _one_interval(payload: Any) -> Any:
    left, right, closed = fields(payload, object, object, str)
    return pd.Interval(left, right, closed=closed)


def _dtype_plain(dtype: Any) -> Any:
    if isinstance(dtype, pd.CategoricalDtype):
        return [dtype.categories, dtype.ordered]
    text = str(dtype)
    if not _NAMED_DTYPE.fullmatch(text):
        raise NotPlain(f"a dtype {text[:40]}")
    return text


def _dtype(payload: Any) -> Any:
    if type(payload) is str:
        demand(_NAMED_DTYPE.fullmatch(payload) is not None, "a dtype that is unknown")
        return pd.api.types.pandas_dtype(payload)
    categories, ordered = fields(payload, object, (bool, type(None)))
    return pd.CategoricalDtype(None if categories is None else _is_index(categories), ordered)


def _known(*names: str, of: Any) -> list[type]:
    return [getattr(of, name) for name in names if hasattr(of, name)]


_INDEXES = _known(
    "Index", "RangeIndex", "MultiIndex", "DatetimeIndex", "TimedeltaIndex", "PeriodIndex",
    "IntervalIndex", "CategoricalIndex", of=pd,
)  # fmt: skip
_ARRAYS = _known(
    "IntegerArray", "FloatingArray", "BooleanArray", "StringArray", "ArrowStringArray",
    "DatetimeArray", "TimedeltaArray", "PeriodArray", "IntervalArray", "NumpyExtensionArray",
    of=pd.arrays,
)  # fmt: skip
_ARRAYS.extend({type(pd.array(["a"], dtype=name)) for name in ("string", "str")} - set(_ARRAYS))
_DTYPES = _known(
    "CategoricalDtype", "StringDtype", "BooleanDtype", "Float32Dtype", "Float64Dtype",
    "DatetimeTZDtype", "PeriodDtype", "IntervalDtype",
    *(f"{sign}Int{bits}Dtype" for sign in ("", "U") for bits in (8, 16, 32, 64)), of=pd,
)  # fmt: skip

register(
    *(Kind("pandas.Index", of, _index_plain, _index, tabular=True) for of in _INDEXES),
    *(Kind("pandas.array", of, _array_plain, _array, tabular=True) for of in _ARRAYS),
    *(Kind("pandas.dtype", of, _dtype_plain, _dtype) for of in _DTYPES),
    Kind("pandas.Categorical", pd.Categorical, _column_plain, _column, tabular=True),
    Kind("pandas.Series", pd.Series, _series_plain, _series, _fill, tabular=True),
    Kind("pandas.DataFrame", pd.DataFrame, _frame_plain, _frame, _fill, tabular=True),
    Kind("pandas.Timestamp", pd.Timestamp, _timestamp_plain, _timestamp),
    Kind("pandas.Timedelta", pd.Timedelta, lambda t: t.asm8, _timedelta),
    Kind("pandas.Period", pd.Period, lambda p: [p.ordinal, p.freqstr], _one_period),
    Kind("pandas.Interval", pd.Interval, lambda i: [i.left, i.right, i.closed], _one_interval),
    Kind("pandas.NaT", type(pd.NaT), lambda _: None, lambda _: pd.NaT),
    Kind("pandas.NA", type(pd.NA), lambda _: None, lambda _: pd.NA),
)
