"""The sections of the page: each reads its frame, draws it, and says so when there is nothing to show."""

from __future__ import annotations

from typing import Any

import altair as alt
import duckdb
import pandas as pd
import streamlit as st

from dashboard import charts, data
from dashboard.formats import MISSING, Formats
from dashboard.texts import Texts

_METRICS = (
    "mql_to_sql", "first_contact_hot", "first_contact_other", "acceptance", "close_rate", "sqls_delivered", "ltv_cac", "nrr",
)  # fmt: skip
# A coloured dot and a word: the word alone says it to whoever cannot tell the colours apart.
_MARKS = {"met": ":green[●]", "missed": ":red[●]", "immature": ":orange[●]", "not_judgeable": ":gray[○]"}


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


def _card(column: Any, metric: str, row: pd.Series, words: Texts, formats: Formats) -> None:
    with column.container(border=True):
        month = row["period_start"].strftime("%m/%Y") if not pd.isna(row["period_start"]) else ""
        st.metric(f"{words.code('metric', metric)} · {month}", _value(metric, row["actual"], formats))
        parts = [f"{_MARKS.get(row['status'], '')} {words.code('status', row['status'])}"]
        if not pd.isna(row["target"]):
            parts.append(words("target", value=_value(metric, row["target"], formats)))
        parts.append(words("sample", n=formats.number(int(row["sample_size"]))))
        st.caption(" · ".join(parts))


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
    _draw(charts.funnel_chart(frame, words, formats))


def compliance(con: duckdb.DuckDBPyConnection, words: Texts, formats: Formats) -> None:
    """One small chart per clause, with the compliance of the whole window in its title."""
    st.subheader(words("sla"), help=words("sla_help"))
    frame = data.compliance(con)
    if frame.empty:
        st.info(words("no_rows"))
        return
    titles = data.clause_titles(con, "en" if words("met") == "met" and formats.locale == "en" else "pt")
    clauses = list(frame["clause_id"].unique())
    for start in range(0, len(clauses), 3):
        for column, clause in zip(st.columns(3), clauses[start : start + 3], strict=False):
            part = frame[frame["clause_id"] == clause]
            judged = int(part["judged"].sum())
            share = float(part["met"].sum()) / judged if judged else None
            with column:
                st.markdown(f"**{titles.get(clause, clause)}**")
                st.caption(
                    f"{words('compliance')}: {formats.percent(share)} · {words('sample', n=formats.number(judged))}"
                )
                _draw(charts.compliance_chart(part, words))


def rejections(con: duckdb.DuckDBPyConnection, words: Texts, formats: Formats) -> None:
    """Reasons, what follows each, and how many leads are back in nurture."""
    st.subheader(words("rejections"), help=words("rejections_help"))
    frame = data.rejections(con, "en" if formats.locale == "en" else "pt")
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
    _draw(charts.rejections_chart(frame, words))


def waiting(con: duckdb.DuckDBPyConnection, words: Texts, formats: Formats) -> None:
    """The list of priorities: clocks that run, then those that ran out without contact."""
    st.subheader(words("waiting"), help=words("waiting_help"))
    frame = data.waiting(con)
    if frame.empty:
        st.info(words("no_rows"))
        return
    titles = data.clause_titles(con, "en" if formats.locale == "en" else "pt")
    left = frame["remaining_business_seconds"].where(frame["clock"] == "business", frame["remaining_seconds"])
    table = pd.DataFrame(
        {
            words("remaining"): [
                formats.duration(s) if s >= 0 else words("late_by", value=formats.duration(-s)) for s in left
            ],
            words("temperature"): [words.code("temperature", t) for t in frame["temperature"]],
            words("seller"): [
                _seller(n, label, words)
                for n, label in zip(frame["seller_name"], frame["seller_label"], strict=True)
            ],
            words("clause"): [titles.get(c, c) for c in frame["clause_id"]],
            words("due"): [formats.instant(d.to_pydatetime()) for d in frame["due_at"]],
            words("channel"): [
                words.code("channel", c) if isinstance(c, str) else MISSING for c in frame["channel"]
            ],
            words("deal"): [d if isinstance(d, str) else MISSING for d in frame["deal_id"]],
            words("handoff"): [h[:8] for h in frame["handoff_id"]],
        }
    )
    st.dataframe(table, hide_index=True, width="stretch", height=min(36 * len(table) + 40, 520))


def _seller(name: object, label: object, words: Texts) -> str:
    """The name where it is published, else a short code that tells sellers apart, else that nobody owns the lead."""
    if isinstance(name, str):
        return name
    return words("seller_code", code=label) if isinstance(label, str) else words("no_seller")


def _draw(chart: alt.Chart | alt.LayerChart) -> None:
    st.altair_chart(chart, width="stretch")
