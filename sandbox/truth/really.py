"""What really happened, and how far the observable is from it."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd

from sandbox.company.facts import Facts, PassageFact
from sandbox.company.names import KNOWN_SECTORS
from sandbox.truth.identity import IdentityScore, identity_score
from sandbox.world import World

_INSTANTS = ("mql_at", "assigned_at", "first_attempt_at", "first_contact_at", "accepted_at", "sql_at", "opportunity_at",
             "proposal_at", "closed_at")  # fmt: skip


def _instant(t: float | None, until: float) -> datetime | None:
    return None if t is None or t > until else datetime.fromtimestamp(int(t), UTC).replace(tzinfo=None)


def _row(fact: PassageFact, until: float) -> dict[str, Any]:
    row: dict[str, Any] = {name: _instant(getattr(fact, name), until) for name in _INSTANTS}
    decided = row["closed_at"] is not None or fact.outcome == "no_deal"
    return row | {
        "person": fact.person, "contact_uuid": fact.contact_uuid, "deal_id": fact.deal_id, "hot": fact.hot,
        "channel": fact.channel, "marked": fact.marked, "attempts": fact.attempts,
        "outcome": fact.outcome if decided else "open", "reason": fact.reason if decided else None,
    }  # fmt: skip


def people_actual(facts: Facts) -> dict[str, str]:
    """Every record's real person: node -> key of the human being."""
    return {
        **{f"rd:{uuid}": person for uuid, person in facts.rd_person.items()},
        **{f"crm:{contact}": person for contact, person in facts.crm_person.items()},
        **facts.erp_person,
    }


def actual(world: World, as_of: datetime) -> dict[str, pd.DataFrame]:
    """The real hand-overs (also those that no system shows) and the real persons behind the records."""
    facts: Facts = world.facts
    until = as_of.timestamp()
    rows = [_row(fact, until) for fact in facts.passages if fact.mql_at <= until]
    real = people_actual(facts)
    columns = list(rows[0]) if rows else ["person"]
    return {
        "handoffs": pd.DataFrame(rows, columns=pd.Index(columns), dtype=object),
        "people": pd.DataFrame(sorted(real.items()), columns=pd.Index(["node", "person"]), dtype=object),
    }


def sector_shares(world: World, as_of: datetime) -> dict[bool, tuple[int, int]]:
    """(became SQL, decided) of the real hand-overs of companies, by whether their sector is one of names.KNOWN_SECTORS:
    what the review of the score should find out about the sector."""
    facts, until = world.facts, as_of.timestamp()
    found = {True: (0, 0), False: (0, 0)}
    for fact in facts.passages:
        is_sql = fact.sql_at is not None and fact.sql_at <= until
        if fact.person in facts.sectors and (is_sql or (fact.closed_at is not None and fact.closed_at <= until)):
            sqls, decided = found[known := facts.sectors[fact.person] in KNOWN_SECTORS]
            found[known] = sqls + is_sql, decided + 1
    return found


def distance(observable: dict[str, pd.DataFrame], real: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """A small report: how much of what really happened can be seen, and how late or wrong it looks."""
    seen, true = observable["handoffs"], real["handoffs"]
    by_deal = {row["deal_id"]: row for row in true.to_dict("records") if row["deal_id"]}
    pairs = [(row, by_deal[row["primary_deal"]]) for row in seen.to_dict("records") if row["primary_deal"] in by_deal]
    lags = sorted((s["mql_at"] - t["mql_at"]).total_seconds() for s, t in pairs)
    score: IdentityScore = identity_score(
        dict(observable["people"][["node", "person"]].itertuples(index=False)),
        dict(real["people"][["node", "person"]].itertuples(index=False)),
    )
    contacted = [(s, t) for s, t in pairs if t["first_contact_at"] is not None and s["first_contact_at"] is not None]
    return {
        "passages_observable": len(seen), "passages_actual": len(true), "passages_paired": len(pairs),
        "mql_lag_seconds_median": lags[len(lags) // 2] if lags else None,
        "outcome_agrees": sum(s["status"] == t["outcome"] for s, t in pairs) / len(pairs) if pairs else None,
        "first_contact_too_early": sum(s["first_contact_at"] < t["first_contact_at"] for s, t in contacted),
        "attempt_but_no_answer": sum(
            s["first_contact_at"] is not None and t["first_contact_at"] is None for s, t in pairs
        ),
        "reason_missing": sum(
            s["rejection_reason"] is None and t["reason"] is not None and s["status"] in ("rejected", "lost") for s, t in pairs
        ),
        "identity_precision": score.precision, "identity_recall": score.recall,
    }  # fmt: skip
