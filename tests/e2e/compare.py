"""Row-by-row comparison of two frames by key: what is missing, what is too many, and which values differ."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None or one is pd.NaT or other is pd.NaT:
        missing = [value is None or value is pd.NaT for value in (one, other)]
        return all(missing)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (Decimal, float, int)) and isinstance(other, (Decimal, float, int)):
        return round(Decimal(str(one)), 2) == round(Decimal(str(other)), 2)
    return bool(one == other)


def differences(
    expected: pd.DataFrame, found: pd.DataFrame, key: Sequence[str], columns: Sequence[str], limit: int = 15
) -> list[str]:
    """Sentences that name every kind of difference, at most `limit` of each; empty when the frames are equal.

    Duplicate keys on either side are differences of their own.
    """
    said: list[str] = []
    sides = []
    for name, table in (("expected", expected), ("found", found)):
        rows = {}
        for values in table[[*key, *columns]].itertuples(index=False, name=None):
            identity = values[: len(key)]
            if identity in rows:
                said.append(f"{name} holds {identity} twice")
            rows[identity] = values[len(key) :]
        sides.append(rows)
    want, got = sides
    for title, extra in (("missing", want.keys() - got.keys()), ("too many", got.keys() - want.keys())):
        if extra:
            said.append(f"{title}: {len(extra)}, e.g. {sorted(map(str, extra))[:limit]}")
    wrong: dict[str, list[str]] = {}
    for identity in want.keys() & got.keys():
        for column, one, other in zip(columns, want[identity], got[identity], strict=True):
            if not _same(one, other):
                wrong.setdefault(column, []).append(f"{identity}: expected {one}, found {other}")
    for column, rows_ in wrong.items():
        said.append(f"{column} differs in {len(rows_)}: " + "; ".join(sorted(rows_)[:limit]))
    return said
