"""NumPy beyond arrays of numbers: texts, dates, objects, records, masks, dtypes.

Raw bytes are believed only where every byte is a value; objects cross one by one, records one
field after another.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from autograder.errors import WireError
from autograder.kinds.registry import (
    Kind,
    NotPlain,
    demand,
    fields,
    of_type,
    register,
    register_family,
)

MOST_AXES = 32
MOST_EMPTY = 200_000
"""Values without any bytes: texts of length 0."""
MOST_FIELDS = 256
_TIMES = re.compile(r"<[mM]8(\[\d{0,6}(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?")
_TEXTS = re.compile(r"(<U|\|S)\d{1,7}")
_NUMBERS = re.compile(r"[<|](b1|[iu][1248]|f[248]|c8|c16)")


def shape_of(payload: Any) -> tuple[int, ...]:
    """A shape as it arrives: a list of lengths that are possible."""
    lengths = of_type(payload, list)
    demand(
        len(lengths) <= MOST_AXES and all(type(n) is int and 0 <= n < 2**40 for n in lengths),
        "an array of an impossible shape",
    )
    return tuple(lengths)


def _array_plain(value: Any) -> Any:
    dtype = value.dtype.newbyteorder("<")
    shape = list(value.shape)
    if dtype.names is not None:
        parts = [np.ascontiguousarray(value[name]) for name in dtype.names]
        return ["fields", shape, [list(dtype.names), parts]]
    if dtype.kind == "O":
        return ["O", shape, value.ravel().tolist()]
    if dtype.kind not in "USMm":
        raise NotPlain(f"an array of dtype {value.dtype}")
    if dtype.kind == "U":
        value = _without_surrogates(value)
    return [dtype.str, shape, np.ascontiguousarray(value, dtype=dtype).tobytes()]


def _without_surrogates(value: Any) -> Any:
    codes = np.ascontiguousarray(value).view(np.uint32)
    lone = (codes >= 0xD800) & (codes < 0xE000)
    if not lone.any():
        return value
    return np.where(lone, np.uint32(ord("?")), codes).view(value.dtype).reshape(value.shape)


def _array(payload: Any) -> Any:
    dtype, lengths, holds = fields(payload, str, list, (bytes, list))
    shape = shape_of(lengths)
    if type(holds) is bytes:
        return _from_bytes(dtype, shape, holds)
    if dtype == "O":
        demand(math.prod(shape) == len(holds), "an array whose values do not fit its shape")
        objects = np.empty(len(holds), dtype=object)
        for place, value in enumerate(holds):
            objects[place] = value
        return objects.reshape(shape)
    demand(dtype == "fields", "an array of an unknown dtype")
    return _from_fields(shape, *fields(holds, list, list))


def _from_bytes(dtype: str, shape: tuple[int, ...], data: bytes) -> np.ndarray[Any, Any]:
    demand(bool(_TIMES.fullmatch(dtype) or _TEXTS.fullmatch(dtype)), "an array of unknown dtype")
    kind = np.dtype(dtype)
    count = math.prod(shape)
    demand(count * kind.itemsize == len(data), "an array whose bytes do not fit its shape")
    demand(kind.itemsize > 0 or count <= MOST_EMPTY, "an array of too many empty texts")
    if not count or not kind.itemsize:
        return np.zeros(shape, kind)
    if kind.kind == "U":
        codes = np.frombuffer(data, "<u4")
        demand(
            not ((codes >= 0x110000) | ((codes >= 0xD800) & (codes < 0xE000))).any(),
            "an array of texts that are none",
        )
    return np.frombuffer(data, kind).reshape(shape).copy()


def _from_fields(shape: tuple[int, ...], names: list[Any], parts: list[Any]) -> Any:
    demand(0 < len(names) == len(parts) <= MOST_FIELDS, "a record without its fields")
    demand(all(type(name) is str for name in names), "a record with a field of no name")
    for part in parts:
        demand(
            type(part) is np.ndarray and part.shape[: len(shape)] == shape,
            "a record with a field of another shape",
        )
    described = [
        (name, part.dtype, part.shape[len(shape) :])
        for name, part in zip(names, parts, strict=True)
    ]
    records = np.zeros(shape, dtype=described)
    for name, part in zip(names, parts, strict=True):
        records[name] = part
    return records


ARRAY = Kind("ndarray", np.ndarray, _array_plain, _array)


def _scalar(payload: Any) -> Any:
    array = _array(payload)
    demand(array.shape == () and array.dtype.kind != "O", "a scalar that is none")
    return array[()]


def _plain_of_scalar(value: Any) -> Any:
    return _array_plain(np.asarray(value))


def fill_array(value: Any, other: Any) -> None:
    """Make an array hold what another one does, of whichever shape; a read-only one stays."""
    if not value.flags.writeable or value.dtype != other.dtype:
        return
    if value.shape != other.shape:
        if value.size != other.size:
            value.resize(other.shape, refcheck=False)
        value.shape = other.shape
    value[...] = other


# -- arrays of a class of NumPy's own ----------------------------------------------------


def _masked_plain(value: Any) -> Any:
    filled = value.fill_value
    return [np.asarray(value.data), np.ma.getmaskarray(value), filled, bool(value.hardmask)]


def _masked(payload: Any) -> Any:
    data, mask, filled, hard = fields(payload, np.ndarray, np.ndarray, object, bool)
    demand(mask.dtype == bool or mask.dtype.names is not None, "a mask that is none")
    demand(mask.shape == data.shape, "a mask of another shape")
    known = isinstance(filled, np.generic | str | int | float | complex | None)
    return np.ma.MaskedArray(data, mask, fill_value=filled if known else None, hard_mask=hard)


def _fill_masked(value: Any, other: Any) -> None:
    if value.shape == other.shape:
        value.data[...] = other.data
        value.mask = other.mask


def _matrix(payload: Any) -> Any:
    array = of_type(payload, np.ndarray)
    demand(array.ndim == 2, "a matrix of other than two axes")
    return array.view(np.matrix)


def _recarray(payload: Any) -> Any:
    array = of_type(payload, np.ndarray)
    demand(array.dtype.names is not None, "a record array without fields")
    return array.view(np.recarray)


# -- types -------------------------------------------------------------------------------


def _dtype_plain(dtype: Any) -> Any:
    if dtype.names is not None:
        return [[name, _dtype_plain(dtype[name])] for name in dtype.names]
    if dtype.subdtype is not None:
        raise NotPlain("a dtype with a shape")
    return dtype.str


def _dtype(payload: Any) -> Any:
    if type(payload) is list:
        demand(0 < len(payload) <= MOST_FIELDS, "a dtype with too many fields")
        return np.dtype([(of_type(name, str), _dtype(part)) for name, part in
                         (fields(pair, str, (str, list)) for pair in payload)])  # fmt: skip
    text = of_type(payload, str)
    little = text.replace(">", "<")
    known = _TIMES.fullmatch(little) or _TEXTS.fullmatch(little) or _NUMBERS.fullmatch(little)
    demand(known is not None or text == "|O", "a dtype that is unknown")
    return np.dtype(text)


def _dtype_family(of: type) -> Kind | None:
    return DTYPE if issubclass(of, np.dtype) else None


def _masked_constant(payload: Any) -> Any:
    if payload is not None:
        raise WireError("a masked value with a value")
    return np.ma.masked


DTYPE = Kind("dtype", np.dtype, _dtype_plain, _dtype)
_SCALARS = [
    Kind(f"numpy.{of.__name__}", of, _plain_of_scalar, _scalar)
    for of in (np.str_, np.bytes_, np.datetime64, np.timedelta64, np.void)
]
register(
    *_SCALARS,
    DTYPE,
    Kind("masked", type(np.ma.masked), lambda _: None, _masked_constant),
    Kind("MaskedArray", np.ma.MaskedArray, _masked_plain, _masked, _fill_masked),
    Kind("matrix", np.matrix, np.asarray, _matrix, fill_array),
    Kind("recarray", np.recarray, lambda a: a.view(np.ndarray), _recarray, fill_array),
    Kind("record", np.record, lambda r: np.asarray(r).view(np.ndarray), lambda p: _recarray(p)[()]),
    ARRAY,
)
register_family(_dtype_family)
