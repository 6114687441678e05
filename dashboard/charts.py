"""The charts of the page, as Altair specifications built from the frames of ``dashboard.data``."""

from __future__ import annotations

import altair as alt
import pandas as pd

from dashboard.formats import Formats
from dashboard.texts import Texts

# One meaning, one colour, everywhere on the page; told apart without red-green vision too (lightness differs).
MET, BREACHED, RUNNING, UNKNOWN = "#1b7f5c", "#c8442d", "#e3a72f", "#9aa5ad"
INK, BATON = "#22313a", "#2b5f8a"
AREAS = {"marketing": "#6d4fa3", "both": "#2b5f8a", "sales": "#c06a1e", "customer_success": "#1b7f5c"}


def funnel_chart(frame: pd.DataFrame, words: Texts, formats: Formats) -> alt.LayerChart:
    """Bars of how many hand-overs reached each stage, with the share of the stage before written on them; in the colour of the
    area that answers for the stage."""
    data = frame.assign(
        stage_title=[words.code("stage", s) for s in frame["stage"]],
        area_title=[words.code("area", a) for a in frame["area"]],
        label=[
            formats.number(int(reached)) + ("" if pd.isna(share) else f"  ·  {formats.percent(share)}")
            for reached, share in zip(frame["reached"], frame["share"], strict=True)
        ],
        skipped_text=[formats.number(int(n)) for n in frame["skipped"]],
    )
    order = list(data["stage_title"])
    base = alt.Chart(data).encode(
        y=alt.Y("stage_title:N", sort=order, title=None, axis=alt.Axis(labelFontSize=13, labelLimit=160)),
        x=alt.X("reached:Q", title=None, axis=None),
        tooltip=[
            alt.Tooltip("stage_title:N", title=" "),
            alt.Tooltip("area_title:N", title=words("answers")),
            alt.Tooltip("label:N", title=words("reached")),
            alt.Tooltip("skipped_text:N", title=words("skipped")),
        ],
    )
    areas = list(dict.fromkeys(data["area"]))
    colours = alt.Scale(domain=[words.code("area", area) for area in areas], range=[AREAS[area] for area in areas])
    legend = alt.Legend(orient="top", title=words("answers"))
    bars = base.mark_bar(cornerRadiusEnd=3, height={"band": 0.72}).encode(color=alt.Color("area_title:N", scale=colours, legend=legend))
    labels = base.mark_text(align="left", dx=6, color=INK, fontSize=13).encode(text="label:N")
    return (bars + labels).properties(height=46 * len(order))


def compliance_chart(frame: pd.DataFrame, words: Texts, by_month: bool = False) -> alt.Chart:
    """Verdicts of one clause over time as stacked bars: met, breached, running, not judgeable.

    `by_month`: a clause on months has one verdict each, drawn at the first week of the month.
    """
    unit = words("months") if by_month else words("handoffs")
    kinds = ["met", "breached", "running", "not_judgeable"]
    long = frame.melt("week_start", kinds, var_name="verdict", value_name="n")
    long["title"] = [words.code("verdict", v) for v in long["verdict"]]
    long["order"] = [kinds.index(v) for v in long["verdict"]]
    return (
        alt.Chart(long)
        .mark_bar(size=24 if by_month else 9)
        .encode(
            x=alt.X("week_start:T", title=None, axis=alt.Axis(format="%d/%m", labelAngle=0, tickCount=8)),
            y=alt.Y("n:Q", title=unit, axis=alt.Axis(tickMinStep=1, grid=True)),
            color=alt.Color(
                "title:N",
                title=None,
                scale=alt.Scale(
                    domain=[words.code("verdict", k) for k in kinds], range=[MET, BREACHED, RUNNING, UNKNOWN]
                ),
                legend=alt.Legend(orient="top"),
            ),
            order="order:Q",
            tooltip=[
                alt.Tooltip("week_start:T", title=words("week"), format="%d/%m/%Y"),
                alt.Tooltip("title:N", title=" "),
                alt.Tooltip("n:Q", title=unit),
            ],
        )
        .properties(height=210)
    )


def rejections_chart(frame: pd.DataFrame, words: Texts) -> alt.Chart:
    """Reasons by how many hand-overs they closed, coloured by what the agreement does next."""
    data = frame.assign(
        next_title=[words.code("next", n if isinstance(n, str) else "none") for n in frame["next_step"]]
    )
    return (
        alt.Chart(data)
        .mark_bar(cornerRadiusEnd=3)
        .encode(
            y=alt.Y("title:N", sort="-x", title=None, axis=alt.Axis(labelLimit=240, labelFontSize=13, labelOverlap=False)),
            x=alt.X("handoffs:Q", title=words("handoffs"), axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "next_title:N", title=words("next_step"), legend=alt.Legend(orient="bottom", columns=3, labelLimit=200),
                scale=alt.Scale(
                    domain=[words.code("next", n) for n in ("nurture", "recycle", "merge", "suppress", "none")],
                    range=[MET, BATON, "#6d4fa3", BREACHED, UNKNOWN],
                ),
            ),
            tooltip=[
                alt.Tooltip("title:N", title=words("reason")),
                alt.Tooltip("handoffs:Q", title=words("handoffs")),
                alt.Tooltip("returned:Q", title=words("returned")),
            ],
        )
        .properties(height=38 * max(len(data), 1) + 130)
    )  # fmt: skip
