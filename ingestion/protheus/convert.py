"""Whole columns of raw values as typed Arrow columns: the rules of `values`, value by value only where they must be.

Ten thousands of rows arrive at a time. Texts are trimmed and numbers are rounded by Arrow and NumPy; a column that holds
anything unusual (bytes, texts where numbers belong, halves of a cent) goes through `values` one by one. Both ways give
the same result: tests compare them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.protheus import values
from ingestion.tables import Column

Refused = list[tuple[int, str]]  # (position, reason)
_SCALE = {"decimal": 2, "decimal4": 4}
_PLAIN_TEXT, _PLAIN_NUMBER = frozenset((str, type(None))), frozenset((float, int, type(None)))
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
    if _PLAIN_TEXT.issuperset(map(type, raw)):
        try:
            array = pa.array(raw, pa.string())
        except (pa.ArrowException, UnicodeEncodeError):
            return _one_by_one(raw, values.text, pa.string())
        longest = pc.max(pc.binary_length(array)).as_py() or 0
        if longest <= values.LONGEST and not pc.any(pc.match_substring(array, "\x00")).as_py():
            trimmed = pc.utf8_rtrim_whitespace(array)
            return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed), []
    return _one_by_one(raw, values.text, pa.string())


def days(raw: Sequence[Any]) -> tuple[pa.Array, Refused]:
    """Dates; few different ones stand in many rows, so each is read once."""
    return _one_by_one(raw, values.day, pa.date32())


def numbers(raw: Sequence[Any], decimals: int, scale: int) -> tuple[pa.Array, Refused]:
    """Decimals of `scale` digits, rounded half up to `decimals`."""
    if decimals != scale or not _PLAIN_NUMBER.issuperset(map(type, raw)):
        return _one_by_one(raw, lambda value: values.number(value, decimals), pa.decimal128(18, scale))
    missing = np.fromiter((value is None for value in raw), bool, len(raw)) if None in raw else None
    try:
        doubles = np.array([0.0 if value is None else value for value in raw] if missing is not None else raw, np.float64)
    except OverflowError:
        return _one_by_one(raw, lambda value: values.number(value, decimals), pa.decimal128(18, scale))
    shifted = doubles * 10.0**scale
    steps = np.rint(shifted)
    # A value that is a whole number of steps, read back the same from them: nothing is rounded, so nothing can go wrong.
    exact = (np.abs(shifted) < _SAFE) & (steps / 10.0**scale == doubles)
    if not exact.all():
        return _one_by_one(raw, lambda value: values.number(value, decimals), pa.decimal128(18, scale))
    pairs = np.empty((len(raw), 2), np.int64)
    pairs[:, 0] = steps
    pairs[:, 1] = pairs[:, 0] >> 63  # the sign fills the upper half of the 128 bits
    array = pa.Array.from_buffers(pa.decimal128(18, scale), len(raw), [None, pa.py_buffer(pairs)])
    if missing is not None:
        array = pc.if_else(pa.array(missing), pa.scalar(None, array.type), array)
    return array, []


def stamps(raw: Sequence[Any]) -> tuple[list[datetime | None], Refused]:
    """S_T_A_M_P_ as naive UTC."""
    refused: Refused = []
    found: list[datetime | None] = []
    for position, value in enumerate(raw):
        try:
            found.append(values.stamp(value))
        except values.BadValue as error:
            refused.append((position, error.reason))
            found.append(None)
    return found, refused


def _one_by_one(raw: Sequence[Any], read: Callable[[Any], Any], kind: pa.DataType) -> tuple[pa.Array, Refused]:
    known: dict[Any, Any] = {}
    found, refused = [], list[tuple[int, str]]()
    for position, value in enumerate(raw):
        try:
            # True equals 1 and 1 equals 1.0: the type belongs to the key. Lists have no hash and are refused anyway.
            key = (type(value), value)
            result = known[key] if (seen := key in known) else read(value)
            if not seen:
                known[key] = result
        except TypeError:
            result = None
            refused.append((position, "bad_type"))
        except values.BadValue as error:
            result = None
            refused.append((position, error.reason))
        found.append(result)
    return pa.array(found, kind), refused
