"""The sections of the page: each reads its frame, draws it, and says so when there is nothing to show."""

from __future__ import annotations

from functools import partial
from typing import Any

import altair as alt
import duckdb
import pandas as pd
import streamlit as st

from contract.document_terms import sign_text
from contract.metrics import catalogue
from dashboard import charts, data
from dashboard.formats import MISSING, Formats
from dashboard.texts import Texts

_METRICS = (
    "mql_to_sql", "first_contact_hot", "first_contact_other", "acceptance", "close_rate", "sqls_delivered", "ltv_cac", "nrr",
)  # fmt: skip
# A coloured dot and a word: the word alone says it to whoever cannot tell the colours apart.
MARKS = {"met": ":green[●]", "missed": ":red[●]", "immature": ":orange[●]", "not_judgeable": ":gray[○]"}

_SIGNS = {"alert": ":red[●]", "watch": ":orange[●]", "quiet": ":gray[○]"}


def _value(metric: str, value: float | None, formats: Formats) -> str:
    """A metric's figure in its own unit."""
    if value is None or pd.isna(value):
        return MISSING
    if metric.startswith("first_contact"):
        return formats.duration(value)
    if metric == "sqls_delivered":
        return formats.number(value)
    return f"{formats.number(value, 1)} ×" if metric == "ltv_cac" else formats.percent(value)


def headline(con: duckdb.DuckDBPyConnection, words: Texts, formats: Formats) -> None:
    """Cards: the figure, its month, the target, the status in words, the sample size."""
    st.subheader(words("headline"), help=words("headline_help"))
    frame = data.headline(con).set_index("metric")
    shown = [m for m in _METRICS if m in frame.index]
    if not shown:
        st.info(words("no_rows"))
        return
    for start in range(0, len(shown), 4):
        for column, metric in zip(st.columns(4), shown[start : start + 4], strict=False):
            _card(column, metric, frame.loc[metric], words, formats)


def _meaning(metric: str, words: Texts) -> tuple[str, str]:
    """Title, and formula with caveat, as the catalogue has them."""
    found = catalogue()[metric]
    return found.title.of(words.language), f"{found.formula.of(words.language)}. {found.caveat.of(words.language)}"


def _card(column: Any, metric: str, row: pd.Series, words: Texts, formats: Formats) -> None:
    with column.container(border=True):
        month = row["period_start"].strftime("%m/%Y") if not pd.isna(row["period_start"]) else ""
        title, meaning = _meaning(metric, words)
        st.metric(f"{title} · {month}", _value(metric, row["actual"], formats), help=meaning)
        parts = [f"{MARKS.get(row['status'], '')} {words.code('status', row['status'])}"]
        if not pd.isna(row["target"]):
            parts.append(words("target", value=_value(metric, row["target"], formats)))
        parts.append(words("sample", n=formats.number(int(row["sample_size"]))))
        if row["status"] in ("met", "missed") and not pd.isna(row["is_beyond_chance"]) and not row["is_beyond_chance"]:
            parts.append(words("within_chance"))
        st.caption(" · ".join(parts))


def warning_signs(con: duckdb.DuckDBPyConnection, words: Texts, formats: Formats) -> None:
    """What both areas agreed to meet about, where it shows: the agreed sentence, the figure, how sure it is, and how many
    sellers show it by themselves."""
    month, frame = data.warning_signs(con)
    if month is None:
        return
    st.subheader(words("signs"), help=words("signs_help"))
    if frame.empty:
        st.caption(words("no_signs", month=f"{month:%m/%Y}"))
    for row in frame.itertuples():
        shown = formats.number if row.sign.endswith("_months") else partial(formats.percent, places=1)
        agreed = sign_text(row.sign, row.threshold, words.language)
        parts = [f"{_SIGNS[row.severity]} {words.code('severity', row.severity)}: {agreed}"]
        parts.append(words("seen", value=shown(row.value), n=formats.number(row.sample_size), month=f"{month:%m/%Y}"))
        if row.sellers:
            parts.append(words("sellers_too", n=formats.number(row.sellers)))
        st.markdown(" · ".join(parts))


def funnel(con: duckdb.DuckDBPyConnection, words: Texts, formats: Formats) -> None:
    """The funnel with its two filters."""
    st.subheader(words("funnel"), help=words("funnel_help"))
    channels, months = data.funnel_choices(con)
    one, two = st.columns(2)
    chosen_channels = one.multiselect(
        words("channel"),
        channels,
        format_func=lambda c: words.code("channel", c),
        placeholder=words("all_channels"),
    )
    chosen_months = two.multiselect(
        words("period"), months, format_func=lambda m: f"{m:%m/%Y}", placeholder=words("all_periods")
    )
    frame = data.funnel(con, chosen_channels, chosen_months)
    if frame.empty:
        st.info(words("no_rows"))
        return
    draw(charts.funnel_chart(frame, words, formats))


def rejections(con: duckdb.DuckDBPyConnection, words: Texts, formats: Formats) -> None:
    """Reasons, what follows each, and how many leads are back in nurture."""
    st.subheader(words("rejections"), help=words("rejections_help"))
    frame = data.rejections(con, words.language)
    if frame.empty:
        st.info(words("no_rows"))
        return
    states = data.loop(con)
    if states:
        confirmed, total = (
            states.get("confirmed", 0),
            sum(n for s, n in states.items() if s in ("accepted", "confirmed")),
        )
        st.caption(f"{words('returned')}: {formats.number(total)} ({formats.number(confirmed)} ✓)")
    draw(charts.rejections_chart(frame, words))


def draw(chart: alt.Chart | alt.LayerChart) -> None:
    """A chart as wide as its place."""
    st.altair_chart(chart, width="stretch")
