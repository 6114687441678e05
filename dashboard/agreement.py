"""The agreement on the page: how each area keeps its clauses, and who must act now."""

from __future__ import annotations

import duckdb
import pandas as pd
import streamlit as st

from dashboard import charts, data
from dashboard.formats import MISSING, Formats
from dashboard.sections import draw
from dashboard.texts import Texts

_AREAS = ("marketing", "sales")
_WHO = ("seller", "sales", "marketing")


def compliance(con: duckdb.DuckDBPyConnection, words: Texts, formats: Formats) -> None:
    """What each area owes and how often it kept it; below, one clause of choice over time."""
    st.subheader(words("sla"), help=words("sla_help"))
    frame = data.clauses(con, words.language)
    if frame.empty:
        st.info(words("no_rows"))
        return
    for area in _AREAS:
        st.markdown(f"**{words(f'owes_{area}')}**")
        _clause_table(frame[frame["area"] == area], words)
    places = frame.sort_values(["subject_type", "judged"], ascending=[True, False], kind="stable").index
    place = st.selectbox(words("clause_over_time"), places, format_func=lambda n: frame["title"][n])
    row = frame.loc[place]
    st.markdown(f"**{row['title']}**")
    share = None if pd.isna(row["share"]) else float(row["share"])
    judged = words("sample", n=formats.number(int(row["judged"])))
    st.caption(f"{words('compliance')}: {formats.percent(share)} · {judged}")
    over_time = data.compliance(con, row["area"], row["clause_id"])
    draw(charts.compliance_chart(over_time, words, by_month=row["subject_type"] == "month"))


def _clause_table(frame: pd.DataFrame, words: Texts) -> None:
    """The clauses of one area: share kept as a bar, and the counts behind it."""
    if frame.empty:
        st.caption(words("no_rows"))
        return
    months = [words("by_month") if subject == "month" else "" for subject in frame["subject_type"]]
    table = pd.DataFrame(
        {
            words("clause"): [t + suffix for t, suffix in zip(frame["title"], months, strict=True)],
            words("compliance"): frame["share"] * 100,
            **{words(key): frame[key] for key in ("judged", "running", "waived", "not_judgeable")},
        }
    )
    st.dataframe(
        table, hide_index=True, width="stretch", height=36 * len(table) + 40,
        column_config={
            words("clause"): st.column_config.TextColumn(width="large"),
            # One colour for all: a share is not good or bad by itself, and red by default would say it is bad.
            words("compliance"): st.column_config.ProgressColumn(
                format="%.0f%%", min_value=0, max_value=100, color="blue"
            ),
        },
    )  # fmt: skip


def waiting(con: duckdb.DuckDBPyConnection, words: Texts, formats: Formats) -> None:
    """Who must act now: one tab per who, clauses that run first, then those that are overdue."""
    st.subheader(words("waiting"), help=words("waiting_help"))
    counts = data.open_clauses(con)
    if not counts:
        st.info(words("no_rows"))
        return
    labels = [f"{words.code('who', w)} ({formats.number(_total(counts, w))})" for w in _WHO]
    for tab, who in zip(st.tabs(labels), _WHO, strict=True):
        with tab:
            if not _total(counts, who):
                st.caption(words("nobody_waits"))
                continue
            running, overdue = counts.get((who, "running"), 0), counts.get((who, "overdue"), 0)
            st.caption(words("open_counts", running=formats.number(running), overdue=formats.number(overdue)))
            table = _waiting_table(data.waiting(con, who, words.language), who, words, formats)
            st.dataframe(table, hide_index=True, width="stretch", height=min(36 * len(table) + 40, 520))


def _total(counts: dict[tuple[str, str], int], who: str) -> int:
    return sum(count for (one, _state), count in counts.items() if one == who)


def _waiting_table(frame: pd.DataFrame, who: str, words: Texts, formats: Formats) -> pd.DataFrame:
    left = frame["remaining_business_seconds"].where(frame["clock"] == "business", frame["remaining_seconds"])
    columns = {
        words("remaining"): [
            formats.duration(s) if s >= 0 else words("late_by", value=formats.duration(-s)) for s in left
        ],
        words("clause"): [t if isinstance(t, str) else c for t, c in zip(frame["title"], frame["clause_id"], strict=True)],
        words("seller"): [
            _seller(n, label, words) for n, label in zip(frame["seller_name"], frame["seller_label"], strict=True)
        ],
        words("temperature"): [words.code("temperature", t) if isinstance(t, str) else MISSING for t in frame["temperature"]],
        words("due"): [formats.instant(d.to_pydatetime()) for d in frame["due_at"]],
        words("channel"): [words.code("channel", c) if isinstance(c, str) else MISSING for c in frame["channel"]],
        words("deal"): [d if isinstance(d, str) else MISSING for d in frame["deal_id"]],
        words("about"): [
            f"{i[5:7]}/{i[:4]}" if kind == "month" else i[:8]
            for i, kind in zip(frame["subject_id"], frame["subject_type"], strict=True)
        ],
    }  # fmt: skip
    if (frame["subject_type"] == "month").any():
        columns[words("so_far")] = [so_far(e, words, formats) for e in frame["evidence"]]
    if who != "seller":
        del columns[words("seller")]  # nobody owns these leads, or they are not a seller's to mend
    return pd.DataFrame(columns)


def so_far(evidence: object, words: Texts, formats: Formats) -> str:
    """The evidence of a clause on a month in words: ``count=34;minimum=50`` is "34 de 50"."""
    pairs = [part.partition("=") for part in evidence.split(";")] if isinstance(evidence, str) else []
    figures = [int(value) for _name, _, value in pairs[:2] if value.isdecimal()]
    if len(figures) < 2:
        return MISSING
    return words("of", part=formats.number(figures[0]), whole=formats.number(figures[1]))


def _seller(name: object, label: object, words: Texts) -> str:
    """The name where it is published, else a short code that tells sellers apart, else that nobody owns the lead."""
    if isinstance(name, str):
        return name
    return words("seller_code", code=label) if isinstance(label, str) else words("no_seller")
