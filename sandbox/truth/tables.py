"""The truth's tables as pandas frames. Instants are naive UTC whole seconds, dates are dates, money is Decimal."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from sandbox.truth import mrr
from sandbox.truth.agreement import funnel_stage, local_date, local_day
from sandbox.truth.clauses import Finding, judge
from sandbox.truth.clauses.finding import primary_owner
from sandbox.truth.identity import md5, person_id
from sandbox.truth.judged import Judged, Knowledge
from sandbox.truth.passages import closing
from sandbox.truth.receivables import by_branch, reconciled
from sandbox.truth.receivables import receivables as titles
from sandbox.truth.returns import returned_at
from sandbox.truth.revenue import company_of_organization
from sandbox.truth.revenue_match import CONFIDENCE

STAGE_FACTS = {
    "lead": ("awareness", "marketing"), "mql": ("consideration", "both"), "accepted": ("consideration", "both"),
    "sql": ("consideration", "both"), "opportunity": ("decision", "sales"), "proposal": ("decision", "sales"),
    "customer": ("success", "customer_success"), "renewal": ("success", "customer_success"), "expansion": ("expansion", "both"),
}  # fmt: skip


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    """A frame of plain objects: None stays None and nothing is turned into a float."""
    return pd.DataFrame(rows, columns=pd.Index(columns), dtype=object)


def _opportunity(deal_id: str | None) -> str | None:
    return md5(f"rd_station_crm:deal:{deal_id}") if deal_id else None


def _seller(user_id: str | None) -> str | None:
    return md5(f"rd_station_crm:user:{user_id}") if user_id else None


def handoffs(known: Knowledge) -> pd.DataFrame:
    """One row per passage: every column of fct_handoffs that the rules decide."""
    money: dict[str, list[Any]] = {}
    for movement in known.movements:
        if movement.opening_record and movement.is_revenue:
            money.setdefault(movement.opening_record, []).append(movement)
    rows = [_handoff(known, one, money.get(one.record, [])) for one in known.judged]
    return _frame(rows, list(rows[0]) if rows else ["opening_record", "handoff_id"])


def _handoff(known: Knowledge, one: Judged, money: list[Any]) -> dict[str, Any]:
    passage, end, opening = one.passage, one.outcome, one.passage.opening
    primary = passage.deals[0] if passage.deals else None
    first = one.attempts[0].occurred_at if one.attempts else None
    invoices = [m.occurred_on for m in money if m.kind == "invoice"]
    return {
        "opening_record": one.record, "handoff_id": passage.handoff_id, "person": passage.person,
        "person_id": person_id(passage.person), "passage_no": passage.number, "company_id": one.company_id,
        "mql_at": opening.at, "mql_at_origin": opening.origin, "mql_not_before": opening.not_before,
        "mql_date": local_date(opening.at), "agreement_version": one.terms.name, **one.facts,
        "seller_id": _seller(primary["user_id"]) if primary else None, "seller_rating": one.rating,
        "assigned_at": one.assigned_at, "owners": len(one.owners), **_delays(known, one),
        "first_attempt_at": first, "first_contact_at": first,
        "attempts": len(one.attempts), "accepted_at": end.accepted_at, "sql_at": end.sql_at,
        "opportunity_at": end.opportunity_at, "proposal_at": end.proposal_at, "won_at": end.won_at,
        "won_date": local_date(end.won_at), "lost_at": end.lost_at, "rejected_at": end.rejected_at,
        "rejection_reason": one.reason_code, "next_step": one.next_step, "status": end.status,
        "closed_at": end.closed_at, "returned_at": returned_at(known, one),
        "primary_deal": primary["deal_id"] if primary else None, "closing_deal": end.closing_deal,
        "primary_opportunity_id": _opportunity(primary["deal_id"]) if primary else None,
        "closing_opportunity_id": _opportunity(end.closing_deal),
        "first_invoice_on": min(invoices, default=None),
        "invoiced_amount": sum(m.signed_amount for m in money) if money else None,
    }  # fmt: skip


def _delays(known: Knowledge, one: Judged) -> dict[str, int | None]:
    """How long the lead waited for an owner (the system's delay), then for the owner (rule V18)."""
    calendar = known.calendars.of(one.terms, primary_owner(one))
    opened, owned = one.passage.opening.at, one.assigned_at
    tried = one.attempts[0].occurred_at if one.attempts else None
    spans = {"system_delay": (opened, owned), "human_delay": (max(owned, opened) if owned else None, tried)}
    found: dict[str, int | None] = {}
    for name, (since, until) in spans.items():
        both = since is not None and until is not None
        found[f"{name}_seconds"] = max(0, int((until - since).total_seconds())) if both else None  # type: ignore[operator]
        found[f"{name}_business_seconds"] = calendar.seconds(since, until) if both else None  # type: ignore[arg-type]
    return found


def verdicts(known: Knowledge) -> pd.DataFrame:
    """One row per clause and subject: hand-overs, owners of hand-overs, months."""
    columns = ["verdict_id", "clause_id", "clause_kind", "area", "agreement_version", "subject_type", "subject_id",
               "handoff_id", "opening_record", "seller_id", "started_at", "due_at", "met_at", "elapsed_seconds",
               "business_seconds", "basis", "verdict", "reason", "evidence", "unwaived_verdict", "waiver_id"]  # fmt: skip
    return _frame([_verdict(finding) for finding in judge(known)], columns)


def _verdict(found: Finding) -> dict[str, Any]:
    return {
        "verdict_id": found.verdict_id, "clause_id": found.clause_id, "clause_kind": found.kind, "area": found.area,
        "agreement_version": found.version, "subject_type": found.subject_type, "subject_id": found.subject_id,
        "handoff_id": found.one.passage.handoff_id if found.one else None,
        "opening_record": found.one.record if found.one else None, "seller_id": _seller(found.seller),
        "started_at": found.started_at, "due_at": found.due_at, "met_at": found.met_at,
        "elapsed_seconds": found.elapsed_seconds, "business_seconds": found.business_seconds, "basis": found.basis,
        "verdict": found.verdict, "reason": found.reason, "evidence": found.evidence,
        "unwaived_verdict": found.unwaived_verdict, "waiver_id": found.waiver_id,
    }  # fmt: skip


def opportunities(known: Knowledge) -> pd.DataFrame:
    """One row per deal that is not deleted, with its own hand-over (None: sold outside the funnel)."""
    columns = ["opportunity_id", "deal_id", "opening_record", "person", "company_id", "seller_id", "stage", "funnel_stage",
               "amount", "amount_recurring", "created_at", "closed_at", "outcome", "reason_label", "is_copy", "erp_order"]  # fmt: skip
    records = known.deal_records()
    rows: list[dict[str, Any]] = []
    for deal_id, deal in known.seen.deals.items():
        if deal["deleted"] or deal["created_at"] > known.as_of:
            continue
        closed = closing(deal, known.as_of)
        outcome = ("won" if deal["win"] else "lost") if closed else "paused" if deal["hold"] else "open"
        stage = [name for name, at in deal["visits"] if at <= known.as_of][-1]
        person = known.people.get(f"crm:{deal['contact_ids'][0]}") if deal["contact_ids"] else None
        rows.append({
            "opportunity_id": _opportunity(deal_id), "deal_id": deal_id, "opening_record": records.get(deal_id),
            "person": person, "seller_id": _seller(deal["user_id"]), "stage": stage, "funnel_stage": funnel_stage(stage),
            "company_id": company_of_organization(known.seen.organizations.get(deal["organization_id"] or "")),
            "amount": round(deal["amount_unique"] + deal["amount_montly"], 2), "amount_recurring": deal["amount_montly"],
            "created_at": deal["created_at"], "closed_at": closed, "outcome": outcome,
            "reason_label": known.reasons.get(deal["lost_reason_id"] or "") if outcome == "lost" else None,
            "is_copy": deal["parent_deal_id"] is not None,
            "erp_order": deal["custom"].get("Pedido ERP"),
        })  # fmt: skip
    return _frame(rows, columns)


def bridge(known: Knowledge) -> pd.DataFrame:
    """Which deals belong to which passage; link: own, copy (of a won deal) or joined (a colleague's deal)."""
    rows: list[dict[str, Any]] = []
    for one in known.judged:
        primary = one.passage.deals[0]["deal_id"] if one.passage.deals else None
        for link, deals in (
            ("own", one.passage.deals),
            ("copy", one.passage.copies),
            ("joined", one.passage.joined),
        ):
            rows.extend(
                {"opening_record": one.record, "deal_id": d["deal_id"], "opportunity_id": _opportunity(d["deal_id"]),
                 "is_primary": d["deal_id"] == primary, "link": link}
                for d in deals
            )  # fmt: skip
    return _frame(rows, ["opening_record", "deal_id", "opportunity_id", "is_primary", "link"])


def funnel_events(known: Knowledge) -> pd.DataFrame:
    """Entries of persons into stages (RULES R16)."""
    first: dict[str, Any] = {}
    for uuid, contact in known.seen.rd.items():
        person, at = known.people[f"rd:{uuid}"], contact["created_at"]
        if at <= known.as_of:
            first[person] = min(at, first.get(person, at))
    entries: list[tuple[str, str | None, str, Any]] = [
        (person, None, "lead", at) for person, at in first.items()
    ]
    for one in known.judged:
        person = one.passage.person
        entries.append((person, one.record, "mql", one.passage.opening.at))
        for deal in one.passage.deals:
            stages = [(funnel_stage(name), at) for name, at in deal["visits"] if at <= known.as_of]
            entries.extend((person, one.record, stage, at) for stage, at in stages if stage and stage != "mql")
        if one.outcome.won_at:
            entries.append((person, one.record, "customer", one.outcome.won_at))
    dated = [(*entry, local_date(entry[3])) for entry in entries]
    dated += [(one.passage.person, one.record, stage, None, day) for stage, one, day in _grown(known)]
    rows = [
        {"person": person, "opening_record": record, "stage": stage, "funnel_stage": STAGE_FACTS[stage][0],
         "owner_area": STAGE_FACTS[stage][1], "entered_at": at, "entered_date": day}
        for person, record, stage, at, day in dated
    ]  # fmt: skip
    return _frame(
        rows,
        ["person", "opening_record", "stage", "funnel_stage", "owner_area", "entered_at", "entered_date"],
    )


def _grown(known: Knowledge) -> Iterator[tuple[str, Judged, date]]:
    """Renewals and expansions with the company's last sale until that day; those of nobody from the funnel are left out."""
    for stage, _, company, day in mrr.growth(mrr.spans(known.seen), local_day(known.as_of)):
        sold = [(o.outcome.won_at, o) for o in known.judged if o.outcome.won_at and o.company_id == company and company]
        until = [(won_at, one) for won_at, one in sold if local_day(won_at) <= day]
        if until:
            yield stage, max(until, key=lambda pair: pair[0])[1], day


def attempts(known: Knowledge) -> pd.DataFrame:
    """Every attempt, with the hand-over of its deal (None: none, or a copy)."""
    own = {deal["deal_id"]: one.record for one in known.judged for deal in one.passage.deals}
    rows = [
        {"attempt_id": a.attempt_id, "task_id": a.task_id, "deal_id": deal_id,
         "opening_record": own.get(deal_id), "channel": a.channel, "occurred_at": a.occurred_at, "logged_at": a.logged_at,
         "seller_id": _seller(a.user_id)}
        for deal_id, found in known.attempts.items()
        for a in found
    ]  # fmt: skip
    return _frame(
        rows,
        [
            "attempt_id",
            "task_id",
            "deal_id",
            "opening_record",
            "channel",
            "occurred_at",
            "logged_at",
            "seller_id",
        ],
    )


def revenue(known: Knowledge) -> pd.DataFrame:
    """One row per ERP movement."""
    columns = ["movement_id", "kind", "amount", "signed_amount", "is_revenue", "occurred_on", "branch_id", "company_id",
               "opening_record", "match_rule", "match_confidence", "match_candidates"]  # fmt: skip
    rows = [
        {"movement_id": m.movement_id, "kind": m.kind, "amount": m.amount, "signed_amount": m.signed_amount,
         "is_revenue": m.is_revenue, "occurred_on": m.occurred_on, "branch_id": m.branch, "company_id": m.company_id,
         "opening_record": m.opening_record, "match_rule": m.match_rule, "match_confidence": CONFIDENCE[m.match_rule],
         "match_candidates": len(m.candidates)}
        for m in known.movements
    ]  # fmt: skip
    return _frame(rows, columns)


def receivables(known: Knowledge) -> pd.DataFrame:
    """One row per title of the ERP, as of now."""
    today = local_day(known.as_of)
    rows = titles(known.seen, today)
    return _frame(rows, list(rows[0]) if rows else ["receivable_id"])


def branch_revenue(known: Knowledge) -> pd.DataFrame:
    """One row per branch and month."""
    today = local_day(known.as_of)
    rows = by_branch(known.movements, titles(known.seen, today))
    return _frame(rows, list(rows[0]) if rows else ["branch_id", "month"])


def reconciliation(known: Knowledge) -> pd.DataFrame:
    """One row per branch and month with revenue."""
    rows = reconciled(by_branch(known.movements, ()))
    return _frame(rows, list(rows[0]) if rows else ["branch_id", "month"])


def recurring(known: Knowledge) -> dict[str, pd.DataFrame]:
    """Monthly recurring revenue: its movements, its months, its cohorts."""
    today = local_day(known.as_of)
    found = mrr.spans(known.seen)
    tables = {"mrr_movements": mrr.movements, "mrr": mrr.months, "mrr_cohorts": mrr.cohorts}
    made = {name: rows_of(found, today) for name, rows_of in tables.items()}
    return {name: _frame(rows, list(rows[0]) if rows else ["month"]) for name, rows in made.items()}


def people(known: Knowledge) -> pd.DataFrame:
    """The partition of the records into persons, as the rules decide it."""
    rows = [{"node": node, "person": p, "person_id": person_id(p)} for node, p in known.people.items()]
    return _frame(rows, ["node", "person", "person_id"])
