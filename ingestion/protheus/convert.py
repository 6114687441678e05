"""Whole columns of raw values as typed Arrow columns: the rules of `values`, value by value only where they must be.

Ten thousands of rows arrive at a time. Texts are trimmed and numbers are rounded by Arrow and NumPy; a column that holds
anything unusual (bytes, texts where numbers belong, halves of a cent) goes through `values` one by one. Both ways give
the same result: tests compare them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.protheus import values
from ingestion.tables import Column

Refused = list[tuple[int, str]]  # (position, reason)
_SCALE = {"decimal": 2, "decimal4": 4}
_SAFE = 2.0**52  # above it a double has no room for a fraction, and its product with 100 loses digits


def column(kind: Column, raw: Sequence[Any], decimals: int | None) -> tuple[pa.Array, Refused]:
    """One column as it lands, and what was refused (null there). `decimals`: of the dictionary, None for the default."""
    if kind.type == "date":
        return days(raw)
    if kind.type in _SCALE:
        scale = _SCALE[kind.type]
        return numbers(raw, min(scale, scale if decimals is None else decimals), scale)
    return texts(raw)


def texts(raw: Sequence[Any]) -> tuple[pa.Array, Refused]:
    """Trimmed on the right, blank as null."""
    array = _inferred(raw, pa.types.is_string)
    if array is None or (pc.max(pc.binary_length(array)).as_py() or 0) > values.LONGEST:
        return _one_by_one(raw, values.text, pa.string())
    if pc.any(pc.match_substring(array, "\x00")).as_py():
        return _one_by_one(raw, values.text, pa.string())
    trimmed = pc.utf8_rtrim_whitespace(array)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed), []


def days(raw: Sequence[Any]) -> tuple[pa.Array, Refused]:
    """Dates; few different ones stand in many rows, so each is read once."""
    array = _inferred(raw, pa.types.is_string)
    if array is None:
        return _one_by_one(raw, values.day, pa.date32())
    coded = array.dictionary_encode()
    known, refused = _one_by_one(coded.dictionary.to_pylist(), values.day, pa.date32())
    if refused:
        return _one_by_one(raw, values.day, pa.date32())
    return known.take(coded.indices), []


def numbers(raw: Sequence[Any], decimals: int, scale: int) -> tuple[pa.Array, Refused]:
    """Decimals of `scale` digits, rounded half up to `decimals`."""
    kind = pa.decimal128(18, scale)
    array = None
    if decimals == scale and bool not in set(map(type, raw)):  # Arrow would take True among numbers for 1
        array = _inferred(raw, lambda found: pa.types.is_floating(found) or pa.types.is_integer(found))
    if array is None:
        return _one_by_one(raw, lambda value: values.number(value, decimals), kind)
    missing = array.is_null()
    doubles = pc.fill_null(array.cast(pa.float64(), safe=False), 0.0).to_numpy(zero_copy_only=False)
    shifted = doubles * 10.0**scale
    steps = np.rint(shifted)
    # A value that is a whole number of steps, read back the same from them: nothing is rounded, so nothing can go wrong.
    if not ((np.abs(shifted) < _SAFE) & (steps / 10.0**scale == doubles)).all():
        return _one_by_one(raw, lambda value: values.number(value, decimals), kind)
    pairs: np.ndarray[Any, np.dtype[np.int64]] = np.empty((len(doubles), 2), np.int64)
    pairs[:, 0] = steps
    pairs[:, 1] = pairs[:, 0] >> 63  # the sign fills the upper half of the 128 bits
    exact = pa.Array.from_buffers(kind, len(doubles), [None, pa.py_buffer(pairs)])
    return (pc.if_else(missing, pa.scalar(None, kind), exact) if array.null_count else exact), []


def stamps(raw: Sequence[Any]) -> tuple[pa.Array, Refused]:
    """S_T_A_M_P_ as naive UTC."""
    kind = pa.timestamp("us")
    array = _inferred(raw, lambda found: pa.types.is_string(found) or found == kind)
    try:
        if array is not None and array.type == kind:
            return array, []
        if array is not None:
            shown = pc.utf8_trim_whitespace(array)
            return pc.if_else(pc.equal(shown, ""), pa.scalar(None, pa.string()), shown).cast(kind), []
    except pa.ArrowException:
        pass  # an offset, or no instant at all: the rule decides
    return _one_by_one(raw, values.stamp, kind)


def _inferred(raw: Sequence[Any], fits: Callable[[pa.DataType], bool]) -> pa.Array | None:
    """The column as Arrow sees it by itself, when all values are of one fitting type; None otherwise."""
    try:
        array = pa.array(raw)
    except (pa.ArrowException, UnicodeEncodeError, OverflowError, TypeError, ValueError):
        return None
    if pa.types.is_null(array.type):
        return next((array.cast(kind) for kind in (pa.string(), pa.float64()) if fits(kind)), None)
    return array if fits(array.type) else None


def _one_by_one(raw: Sequence[Any], read: Callable[[Any], Any], kind: pa.DataType) -> tuple[pa.Array, Refused]:
    known: dict[Any, Any] = {}
    found, refused = [], list[tuple[int, str]]()
    for position, value in enumerate(raw):
        # True equals 1 and 1 equals 1.0: the type belongs to the key. Lists have none; they are read each time.
        key = (type(value), None if isinstance(value, dict | list) else value)
        try:
            if key[1] is None or key not in known:
                known[key] = read(value)
            found.append(known[key])
        except values.BadValue as error:
            refused.append((position, error.reason))
            found.append(None)
    return pa.array(found, kind), refused
