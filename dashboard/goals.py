"""The goals that both areas share: how far the month got, what each area brought, and what the month earned of the bonus."""

from __future__ import annotations

import duckdb
import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.formats import Formats
from dashboard.sections import MARKS
from dashboard.texts import Texts


def shared_goals(con: duckdb.DuckDBPyConnection, words: Texts, formats: Formats) -> None:
    """Each goal's last whole month and the running one, side by side. Nothing when the agreement has no shared goals."""
    frame = data.shared_goals(con, words.language)
    if frame.empty:
        return
    st.subheader(words("goals"), help=words("goals_help"))
    for _, months in frame.groupby("goal_id", sort=False):
        for column, (_, row) in zip(st.columns(2), months.iterrows(), strict=False):
            with column.container(border=True):
                _card(row, words, formats)


def _card(row: pd.Series, words: Texts, formats: Formats) -> None:
    def amount(value: float) -> str:
        return formats.number(value) if row["measure"] == "wins_per_month" else formats.money(value, compact=abs(value) >= 10_000)

    reached = words("of", part=amount(row["actual"]), whole=amount(row["target"]))
    st.metric(f"{row['title']} · {row['period_start']:%m/%Y}", formats.percent(row["reached_share"]), help=reached)
    st.progress(min(1.0, max(0.0, float(row["reached_share"]))), reached)
    parts = [f"{MARKS.get(row['status'], '')} {words.code('status', row['status'])}"]
    parts += [f"{words.code('area', area)}: {amount(row[f'{area}_actual'])}" for area in ("marketing", "sales")]
    st.caption(" · ".join(parts))
    bonus = [
        f"{words.code('area', area)} " + words(
            "of", part=formats.percent(row[f"{area}_earned"], 1), whole=formats.percent(row[f"{area}_bonus"], 1)
        )
        for area in ("marketing", "sales") if row[f"{area}_bonus"] > 0
    ]  # fmt: skip
    if bonus:
        st.caption(f"{words('bonus')}: {' · '.join(bonus)}")
