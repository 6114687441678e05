"""The truth: what the marts must say, worked out from what can be observed, in plain Python and without any SQL.

`observable(world, as_of, observations)` gives the tables as frames (keys: handoffs, verdicts, people, people_actual,
opportunities, bridge, funnel_events, attempts, revenue, touchpoints, attribution, receivables, branch_revenue,
reconciliation, mrr_movements, mrr, mrr_cohorts); `returns_due` the returns to nurture that are due; `media_cost` what media
cost; `campaign_return` what campaigns brought for it; `economics` what customers cost and bring; `warning_signs` the signs
that the agreement is broken; `before_after` what changed with each version of it; `data_anomalies` what is odd in the
records; `lead_ratings` how sellers grade what kind of leads; `funnel` the funnel by cohort; `headline` the headline
metrics by channel and team;
`shared_goals` what both areas reached together; `score_parts`, `scores` and `score_review` the agreement's own score;
`webhook_coverage` what webhooks announced; `actual` what really happened;
`distance` how far the observable is from it.
"""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from sandbox.company.constants import GO_LIVE, RETURN_MAX_AGE_DAYS
from sandbox.truth import returns, tables
from sandbox.truth.agreement import DEMO, Agreement
from sandbox.truth.anomalies import data_anomalies
from sandbox.truth.attribution import attribution, touchpoints
from sandbox.truth.before_after import before_after
from sandbox.truth.campaign_return import campaign_return
from sandbox.truth.economics import economics
from sandbox.truth.funnel import funnel
from sandbox.truth.goals import shared_goals
from sandbox.truth.headline import headline
from sandbox.truth.identity import IdentityScore, identity_score
from sandbox.truth.judged import Knowledge, know
from sandbox.truth.media_cost import media_cost
from sandbox.truth.observations import Observations, Posted, Webhook, as_observations, second
from sandbox.truth.ratings import lead_ratings
from sandbox.truth.really import actual, distance
from sandbox.truth.scoring import score_parts, score_review, scores
from sandbox.truth.warnings import warning_signs
from sandbox.truth.webhooks import webhook_coverage
from sandbox.world import World


def knowledge(
    world: World,
    as_of: datetime,
    observations: Observations | Sequence[datetime],
    agreement: Agreement = DEMO,
    go_live: datetime = GO_LIVE,
) -> Knowledge:
    """Everything that can be known as of `as_of` (aware) from the looks; the tables are views of it."""
    return know(world, as_of, as_observations(observations), agreement, go_live)


def observable(
    world: World, as_of: datetime, observations: Observations | Sequence[datetime]
) -> dict[str, pd.DataFrame]:
    """The tables that the marts must equal as of `as_of`, given when the outside systems were looked at."""
    return frames(knowledge(world, as_of, observations), world, as_of)


def frames(known: Knowledge, world: World, as_of: datetime) -> dict[str, pd.DataFrame]:
    """All tables of one knowledge."""
    return {
        "handoffs": tables.handoffs(known),
        "verdicts": tables.verdicts(known),
        "people": tables.people(known),
        "people_actual": actual(world, as_of)["people"],
        "opportunities": tables.opportunities(known),
        "bridge": tables.bridge(known),
        "funnel_events": tables.funnel_events(known),
        "attempts": tables.attempts(known),
        "revenue": tables.revenue(known),
        "touchpoints": touchpoints(known, world),
        "attribution": attribution(known),
        "receivables": tables.receivables(known),
        "branch_revenue": tables.branch_revenue(known),
        "reconciliation": tables.reconciliation(known),
        **tables.recurring(known),
    }


def returns_due(
    known: Knowledge, go_live: datetime = GO_LIVE, max_age_days: int = RETURN_MAX_AGE_DAYS
) -> pd.DataFrame:
    """Discarded passages whose reason leads to nurture, closed since `go_live`: eligible, or refused and why."""
    rows = returns.returns_due(known, second(go_live), max_age_days)
    columns = ["subject_id", "opening_record", "person", "contact_uuid", "email", "conversion_identifier", "reason_code",
               "closed_at", "consent_status", "eligible", "refusal_reason"]  # fmt: skip
    return pd.DataFrame(rows, columns=pd.Index(columns), dtype=object)


__all__ = [
    "DEMO",
    "Agreement",
    "IdentityScore",
    "Knowledge",
    "Observations",
    "Posted",
    "Webhook",
    "actual",
    "before_after",
    "campaign_return",
    "data_anomalies",
    "distance",
    "economics",
    "frames",
    "funnel",
    "headline",
    "identity_score",
    "knowledge",
    "lead_ratings",
    "media_cost",
    "observable",
    "returns_due",
    "score_parts",
    "score_review",
    "scores",
    "shared_goals",
    "warning_signs",
    "webhook_coverage",
]
