"""Reads the published snapshot: each function answers one part of the page as a frame, from the marts alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd


class NothingPublished(FileNotFoundError):
    """There is no snapshot yet; the page says how to make one."""


@contextmanager
def snapshot(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file read only; a new one swapped in meanwhile is seen by the next opening."""
    if not path.exists():
        raise NothingPublished(path)
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


def publication(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """``snapshot_id``, ``as_of``, ``published_at`` (naive UTC) and the ``version`` of the agreement in force."""
    row = con.execute("select snapshot_id, as_of, published_at from marts.publication").fetchone()
    assert row is not None
    version = con.execute(
        "select agreement_version from marts.dim_agreement_versions where effective_from <= ?"
        " order by effective_from desc limit 1",
        [row[1]],
    ).fetchone()
    return {
        "snapshot_id": row[0],
        "as_of": row[1],
        "published_at": row[2],
        "version": version[0] if version else None,
    }


def headline(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per metric: its last judged month (met or missed), else its last month with the reason it is not judged."""
    return con.execute(
        "select metric, period_start, actual, target, direction, unit, status, reason, sample_size,"
        " share_within_target, is_beyond_chance from ("
        "  select *, row_number() over (partition by metric order by"
        "   case when status in ('met', 'missed') then 0 else 1 end, period_start desc) as place"
        "  from marts.rpt_headline_metrics where period = 'month') where place = 1 order by metric"
    ).df()


def shared_goals(con: duckdb.DuckDBPyConnection, language: str) -> pd.DataFrame:
    """Each shared goal in its last whole month and in the running one, a row each, whole month first.

    Columns: goal_id, title in ``language``, measure, period_start, status, target, actual, reached_share, and of each area
    (``marketing_``, ``sales_``) actual, bonus and earned (shares of the variable pay).
    """
    areas = ", ".join(
        f"max({column}) filter (where area = '{area}')::double as {area}_{name}"
        for area in ("marketing", "sales")
        for name, column in (("actual", "area_actual"), ("bonus", "bonus_share"), ("earned", "earned_bonus_share"))
    )
    return con.execute(
        f"select goal_id, any_value(title_{language}) as title, any_value(measure) as measure, period_start,"
        " any_value(status) as status, any_value(target)::double as target, any_value(actual)::double as actual,"
        f" any_value(reached_share)::double as reached_share, {areas} from marts.rpt_shared_goals"
        " where is_partial or period_start = (select max(period_start) from marts.rpt_shared_goals where not is_partial)"
        " group by goal_id, period_start order by goal_id, period_start"
    ).df()


def funnel_choices(con: duckdb.DuckDBPyConnection) -> tuple[list[str], list[date]]:
    """Channel labels and cohort months that the funnel has, months newest first."""
    channels = con.execute("select distinct channel_label from marts.rpt_funnel order by 1").fetchall()
    months = con.execute("select distinct period_start from marts.rpt_funnel order by 1 desc").fetchall()
    return [c[0] for c in channels], [m[0] for m in months]


def funnel(con: duckdb.DuckDBPyConnection, channels: Sequence[str], months: Sequence[date]) -> pd.DataFrame:
    """The funnel over the chosen channels and months (empty = all): stage, area, reached, entered, skipped, losses, share.

    ``share`` is reached ÷ reached of the stage before, null on the first stage; of renewals and expansions, which have no
    order, ÷ customers.
    """
    where = ["true"]
    values: list[Any] = []
    for column, chosen in (("channel_label", channels), ("period_start", months)):
        if chosen:
            where.append(f"{column} in (select unnest(?))")
            values.append(list(chosen))
    return con.execute(
        "with stages as (select stage, stage_no, any_value(owner_area) as area, sum(reached_or_later)::bigint as reached, sum(entered)::bigint as entered,"
        " sum(skipped)::bigint as skipped, sum(losses)::bigint as losses from marts.rpt_funnel"
        f" where {' and '.join(where)} group by stage, stage_no)"
        " select *, reached / nullif(case when stage_no > 6 then max(reached) filter (where stage = 'customer') over ()"
        " else lag(reached) over (order by stage_no) end, 0)::double as share"
        " from stages order by stage_no",
        values,
    ).df()


def clauses(con: duckdb.DuckDBPyConnection, language: str, weeks: int = 26) -> pd.DataFrame:
    """One row per clause over the last ``weeks`` weeks, promises of marketing first, hand-overs before months.

    Columns: area, clause_id, subject_type (handoff or month), title in ``language`` (pt or en, as its newest version has
    it), judged, met, running, waived, not_judgeable, share (met ÷ judged, null when nothing was judged).
    """
    return con.execute(
        "select area, clause_id, any_value(subject_type) as subject_type,"
        f" coalesce(max_by(clause_title_{language}, week_start), clause_id) as title, sum(judged)::bigint as judged,"
        " sum(met)::bigint as met, sum(running)::bigint as running, sum(waived)::bigint as waived,"
        " sum(not_judgeable)::bigint as not_judgeable, sum(met)::double / nullif(sum(judged), 0) as share"
        " from marts.rpt_sla_compliance where week_start > (select max(week_start) from marts.rpt_sla_compliance)"
        " - to_days(7 * ?) group by area, clause_id order by area, subject_type, title",
        [weeks],
    ).df()


def compliance(con: duckdb.DuckDBPyConnection, area: str, clause_id: str, weeks: int = 26) -> pd.DataFrame:
    """The last ``weeks`` weeks of one clause: week_start, met, breached, running, not_judgeable."""
    return con.execute(
        "select week_start, sum(met)::bigint as met, sum(breached)::bigint as breached, sum(running)::bigint as running,"
        " sum(not_judgeable)::bigint as not_judgeable from marts.rpt_sla_compliance where area = ? and clause_id = ?"
        " and week_start > (select max(week_start) from marts.rpt_sla_compliance) - to_days(7 * ?)"
        " group by week_start order by week_start",
        [area, clause_id, weeks],
    ).df()


def rejections(con: duckdb.DuckDBPyConnection, language: str) -> pd.DataFrame:
    """Reasons: hand-overs closed with each, how many went back to nurture, and the next step the agreement gives."""
    return con.execute(
        f"select rejection_reason, max(reason_title_{language}) as title, next_step, sum(handoffs)::bigint as handoffs,"
        " sum(returned)::bigint as returned from marts.rpt_rejections group by rejection_reason, next_step"
        " order by handoffs desc"
    ).df()


def warning_signs(con: duckdb.DuckDBPyConnection) -> tuple[date | None, pd.DataFrame]:
    """(last month that is over, the signs that show in it), surest first.

    Columns: sign, value, threshold, sample_size, severity (alert or watch) of the company, and sellers: how many have an
    alert of their own for that sign.
    """
    row = con.execute("select max(period_start) from marts.rpt_warning_signs where is_over").fetchone()
    month = row[0] if row else None
    frame = con.execute(
        "select sign, max(value) filter (seller_id is null) as value, max(threshold) as threshold,"
        " max(sample_size) filter (seller_id is null) as sample_size,"
        " max(severity) filter (seller_id is null) as severity,"
        " count(*) filter (seller_id is not null and severity = 'alert') as sellers"
        " from marts.rpt_warning_signs where period_start = ? group by sign"
        " having max(severity) filter (seller_id is null) <> 'quiet' or sellers > 0 order by severity, sign",
        [month],
    ).df()
    return month, frame


def open_clauses(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """How many clauses wait for each: (who_acts, state) -> count. The clock of an owner is not counted beside its lead's."""
    rows = con.execute(
        "select who_acts, state, count(*) from marts.rpt_open_clocks where subject_type <> 'ownership' group by 1, 2"
    ).fetchall()
    return {(who, state): int(count) for who, state, count in rows}


def waiting(con: duckdb.DuckDBPyConnection, who: str, language: str, limit: int = 200) -> pd.DataFrame:
    """Open clauses of ``who`` (seller, sales, marketing), the most pressing first: running ones by what is left, then
    overdue ones, newest first."""
    columns = {r[0] for r in con.execute("describe marts.dim_sellers").fetchall()}
    name = "s.name" if "name" in columns else "null"  # published only where the operator turned it on
    return con.execute(
        f"select c.handoff_id, c.subject_type, c.subject_id, c.clause_title_{language} as title, c.clause_id, c.state,"
        f" {name} as seller_name, s.seller_label, c.temperature, c.channel, c.due_at, c.remaining_seconds,"
        " c.remaining_business_seconds, c.clock, c.deal_id, c.evidence"
        " from marts.rpt_open_clocks c left join marts.dim_sellers s using (seller_id)"
        " where c.who_acts = ? and c.subject_type <> 'ownership'"
        " order by case c.state when 'running' then 0 else 1 end,"
        "  case c.state when 'running' then c.remaining_seconds else -epoch(c.due_at)::bigint end, c.verdict_id limit ?",
        [who, limit],
    ).df()


def loop(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many returns to nurture stand in each state, from the deliveries."""
    rows = con.execute("select state, count(*) from marts.fct_deliveries where sync = 'nurture_return' group by state").fetchall()
    return {state: int(count) for state, count in rows}
