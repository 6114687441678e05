"""What the terminal shows after a run: read from the published file alone, like every other reader."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration import publish
from orchestration.profile import Profile

FUNNEL = """
    select stage, cast(sum(reached_or_later) as bigint), cast(sum(skipped) as bigint), cast(sum(passed) as bigint)
    from marts.rpt_funnel group by stage, stage_no order by stage_no
"""
SLA = """
    select area, clause_id, any_value(subject_type) = 'month' as is_monthly, cast(sum(judged) as bigint),
        cast(sum(met) as bigint), cast(sum(breached) as bigint), cast(sum(running) as bigint), cast(sum(waived) as bigint),
        cast(sum(not_judgeable) as bigint)
    from marts.rpt_sla_compliance group by area, clause_id order by area, is_monthly, any_value(clause_kind), clause_id
"""
CHANNELS = """
    select channel_label,
        cast(coalesce(sum(case when stage = 'mql' then reached_or_later end), 0) as bigint) as mqls,
        cast(coalesce(sum(case when stage = 'customer' then reached_or_later end), 0) as bigint)
    from marts.rpt_funnel group by channel_label having mqls > 0 order by mqls desc, channel_label
"""
DELIVERIES = "select state, count(*) from marts.fct_deliveries where sync = 'nurture_return' group by state order by state"
WAITING = """
    select count(distinct handoff_id) filter (where clause_kind = 'response_time'), count(*)
    from marts.rpt_open_clocks where subject_type <> 'ownership'
"""
REVENUE = """
    select coalesce(sum(signed_amount), 0), coalesce(bool_or(is_sample), false) from marts.fct_revenue where is_revenue
"""
PUBLICATION = "select snapshot_id, as_of from marts.publication"


@dataclass(frozen=True)
class FunnelStage:
    """People who reached a stage or a later one, who skipped it, and who went on (of customers: renewed or expanded)."""

    stage: str
    reached: int
    skipped: int
    passed: int


@dataclass(frozen=True)
class ChannelResult:
    """MQLs of a channel and how many of them became customers."""

    channel: str
    mqls: int
    customers: int


@dataclass(frozen=True)
class ClauseResult:
    """One promise over the whole history: `judged` = met + breached. A monthly one is judged once a month."""

    area: str
    clause_id: str
    is_monthly: bool
    judged: int
    met: int
    breached: int
    running: int
    waived: int
    not_judgeable: int

    @property
    def compliance(self) -> float | None:
        return self.met / self.judged if self.judged else None


@dataclass(frozen=True)
class Summary:
    """The published snapshot in a few figures. `as_of` is UTC; money is in the company's currency."""

    company: str
    snapshot_id: str
    as_of: str
    funnel: list[FunnelStage]
    channels: list[ChannelResult]
    sla: list[ClauseResult]
    deliveries: dict[str, int] = field(default_factory=dict)
    waiting_now: int = 0  # leads that wait for a contact
    open_clauses: int = 0  # whatever waits for somebody
    revenue: str = "0"
    revenue_is_sample: bool = False
    currency: str = "BRL"

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)

    def print(self, console: Console) -> None:
        """Three tables and a few lines."""
        head = f"\n{self.company}, as of {self.as_of} UTC (snapshot {self.snapshot_id})\n"
        console.print(head, markup=False, soft_wrap=True)
        console.print(_funnel_table(self.funnel))
        console.print(_channel_table(self.channels))
        console.print(_sla_table(self.sla))
        console.print(f"Waiting now: {self.waiting_now} leads for a contact; {self.open_clauses} clauses for somebody to act")
        sample = " (a sample of the orders)" if self.revenue_is_sample else ""
        console.print(f"Invoiced revenue{sample}: {self.currency} {float(self.revenue):,.2f}")


def read(profile: Profile) -> Summary:
    """The summary of what is published. FileNotFoundError when nothing is."""
    with publish.opened(profile.paths) as connection:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()

        (snapshot_id, as_of), (revenue, is_sample) = rows(PUBLICATION)[0], rows(REVENUE)[0]
        waiting_now, open_clauses = rows(WAITING)[0]
        return Summary(
            company=profile.company,
            snapshot_id=str(snapshot_id),
            as_of=f"{as_of:%Y-%m-%d %H:%M:%S}",
            funnel=[FunnelStage(*row) for row in rows(FUNNEL)],
            channels=[ChannelResult(*row) for row in rows(CHANNELS)],
            sla=[ClauseResult(*row) for row in rows(SLA)],
            deliveries=dict(rows(DELIVERIES)),
            waiting_now=waiting_now,
            open_clauses=open_clauses,
            revenue=str(revenue),
            revenue_is_sample=is_sample,
            currency=profile.currency,
        )


def _funnel_table(stages: list[FunnelStage]) -> Table:
    table = Table(title="Funnel", title_justify="left", box=None, pad_edge=False)
    table.add_column("stage")
    for name in ("reached this or later", "skipped it", "went on", "conversion"):
        table.add_column(name, justify="right")
    for stage in stages:
        goes_on = stage.stage not in ("customer", "renewal", "expansion")  # what follows a sale is another contract's story
        share = f"{stage.passed / stage.reached:.1%}" if stage.reached and goes_on else ""
        passed = f"{stage.passed:,}" if goes_on else ""
        table.add_row(stage.stage, f"{stage.reached:,}", f"{stage.skipped:,}", passed, share)
    return table


def _channel_table(channels: list[ChannelResult]) -> Table:
    table = Table(title="\nMQLs by channel", title_justify="left", box=None, pad_edge=False)
    table.add_column("channel")
    for name in ("MQLs", "customers", "MQL → customer"):
        table.add_column(name, justify="right")
    for one in channels:
        table.add_row(one.channel, f"{one.mqls:,}", f"{one.customers:,}", f"{one.customers / one.mqls:.1%}")
    return table


def _sla_table(clauses: list[ClauseResult]) -> Table:
    """The clauses under the area that owes them; what never happened is left blank, so that figures stand out."""
    table = Table(title="\nThe agreement, clause by clause", title_justify="left", box=None, pad_edge=False)
    table.add_column("clause", no_wrap=True, min_width=22)  # whole ids, also where the terminal has 80 columns
    for name in ("judged", "kept", "compliance", "running", "waived", "not judgeable"):
        table.add_column(name, justify="right")
    area = None
    for clause in clauses:
        if clause.area != area:
            table.add_row(f"{clause.area} owes")
            area = clause.area
        share = f"{clause.compliance:.1%}" if clause.compliance is not None else "–"
        unit = " mo." if clause.is_monthly else ""
        counts = (f"{n:,}" if n else "" for n in (clause.running, clause.waived, clause.not_judgeable))
        table.add_row(f"  {clause.clause_id}", f"{clause.judged:,}{unit}", f"{clause.met:,}{unit}", share, *counts)
    return table
