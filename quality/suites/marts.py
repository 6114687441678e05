"""What must hold in the candidate of the published marts (see design, section 6, for the meaning of each column)."""

from __future__ import annotations

from collections.abc import Mapping

from quality.rules import Rule, at_least_rows, in_set, none_where, not_null, unique
from quality.suites.agreement import agreement_rules

_MODEL = "Look at the dbt model of this mart and at the last change of its inputs; nothing was published."
_FACTS = "The facts contradict each other at the source; see the hand-overs named here."

STATUSES = ("open", "won", "rejected", "lost", "inactive")


def _keys() -> list[Rule]:
    keyed = {
        "dim_people": "person_id",
        "dim_person_ids": "former_person_id",
        "fct_identity_links": "link_id",
        "fct_company_links": "link_id",
        "dim_companies": "company_id",
        "dim_sellers": "seller_id",
        "dim_campaigns": "campaign_id",
        "fct_handoffs": "handoff_id",
        "fct_opportunities": "opportunity_id",
        "fct_funnel_events": "event_id",
        "fct_contact_attempts": "attempt_id",
        "fct_consent_events": "consent_event_id",
        "fct_sla_verdicts": "verdict_id",
        "fct_sla_restatements": "restatement_id",
        "rpt_open_clocks": "verdict_id",
        "fct_revenue": "movement_id",
        "bdg_revenue_candidates": "candidate_id",
        "fct_receivables": "receivable_id",
        "fct_mrr_movements": "mrr_movement_id",
        "fct_media_cost": "media_cost_id",
        "fct_touchpoints": "touchpoint_id",
        "fct_attribution": "attribution_id",
        "fct_deliveries": "delivery_id",
        "fct_handoff_scores": "handoff_id",
        "fct_handoff_score_parts": "score_part_id",
        "rpt_shared_goals": "shared_goal_id",
        "rpt_headline_breakdown": "headline_breakdown_id",
    }
    rules = []
    for table, key in keyed.items():
        rules.append(unique(f"marts.{table}", key, remedy=_MODEL))
        rules.append(not_null(f"marts.{table}", key, key=key, remedy=_MODEL))
    return rules


def _handoffs() -> list[Rule]:
    t = "marts.fct_handoffs"
    return [
        in_set(t, "status", STATUSES, key="handoff_id", remedy=_MODEL),
        not_null(t, "person_id", key="handoff_id", remedy=_MODEL),
        not_null(t, "mql_date", key="handoff_id", remedy="A hand-over without a day cannot be counted."),
        not_null(
            t, "agreement_version", key="handoff_id", severity="warning",
            remedy="No agreement was in force that day: add a version that starts earlier.",
        ),
        none_where(
            t, "mql_not_before is not after mql_at", "mql_not_before > mql_at", keys=["handoff_id"],
            needs=["mql_not_before", "mql_at"], remedy=_MODEL,
        ),
        none_where(
            t, "a win is not before its hand-over", "won_date < mql_date", keys=["handoff_id"],
            needs=["won_date", "mql_date"], severity="warning", remedy=_FACTS,
        ),
        none_where(
            t, "passages of a person are numbered from 1", "passage_no < 1", keys=["handoff_id"],
            needs=["passage_no"], remedy=_MODEL,
        ),
    ]  # fmt: skip


def _revenue() -> list[Rule]:
    t = "marts.fct_revenue"
    return [
        in_set(t, "kind", ("invoice", "return", "payment"), key="movement_id", remedy=_MODEL),
        not_null(t, "signed_amount", key="movement_id", remedy=_MODEL),
        none_where(
            t, "returns are negative and invoices are not",
            "(kind = 'return' and signed_amount > 0) or (kind = 'invoice' and signed_amount < 0)",
            keys=["movement_id"], needs=["kind", "signed_amount"], remedy=_FACTS,
        ),
        none_where(
            t, "a payment is not revenue", "kind = 'payment' and is_revenue", keys=["movement_id"],
            needs=["kind", "is_revenue"], remedy=_MODEL,
        ),
    ]  # fmt: skip


def _receivables() -> list[Rule]:
    t = "marts.fct_receivables"
    return [
        in_set(t, "status", ("open", "partly_settled", "settled"), key="receivable_id", remedy=_MODEL),
        none_where(
            t, "the open balance is the ERP's own", "open_amount <> erp_open_amount", keys=["receivable_id"],
            needs=["open_amount", "erp_open_amount"], severity="warning",
            remedy="Settlements and E1_SALDO disagree: look for a settlement that was not read, or a reversal without its row.",
        ),
    ]  # fmt: skip


def reconciliation_rules() -> list[Rule]:
    """Revenue equals the ERP's documents to the cent: as the models say, and by the rows of this very candidate."""
    t, remedy = "marts.rpt_revenue_reconciliation", (
        "Named are branch and month. A join multiplied or lost rows, or documents changed while they were read: load Protheus"
        " again; when it stays, compare fct_revenue with SD2 and SD1 of that branch and month. Nothing was published."
    )  # fmt: skip
    held = (
        "(coalesce(company_group, ''), coalesce(branch_id, ''), month, erp_revenue) not in (select coalesce(company_group, ''),"
        " coalesce(branch_id, ''), cast(date_trunc('month', occurred_on) as date), sum(signed_amount) from marts.fct_revenue"
        " where is_revenue and source_system = 'protheus' group by 1, 2, 3)"
    )
    keys, needs = ["branch_id", "month"], ["company_group", "erp_revenue"]
    return [
        none_where(t, "revenue equals the ERP's documents", "difference <> 0", keys=keys, needs=["difference"], remedy=remedy),
        none_where(t, "the published rows sum to the ERP's documents", held, keys=keys, needs=needs, remedy=remedy),
    ]


def _recurring() -> list[Rule]:
    moved = "opening_amount + new_amount + expansion_amount + contraction_amount + churn_amount + reactivation_amount"
    return [
        none_where(
            "marts.rpt_mrr", "opening and movements give the closing balance", f"{moved} <> closing_amount", keys=["month"],
            needs=["opening_amount", "closing_amount"], remedy=_MODEL,
        ),
        in_set("marts.fct_mrr_movements", "kind", ("new", "expansion", "contraction", "churn", "reactivation"),
               key="mrr_movement_id", remedy=_MODEL),
    ]  # fmt: skip


def _media_cost() -> list[Rule]:
    t = "marts.fct_media_cost"
    remedy = "Name the campaign in mappings/media_cost.yaml: until then its cost belongs to no campaign of RD Station."
    return [
        not_null(t, "amount", key="media_cost_id", remedy=_MODEL),
        in_set(t, "match_rule", ("campaign_id", "campaign_name", "name_pattern", "same_name", "unmatched"),
               key="media_cost_id", remedy=_MODEL),
        none_where(
            t, "cost is joined to a campaign", "campaign_id is null and amount <> 0", keys=["media_cost_id"],
            needs=["campaign_id", "amount"], severity="warning", remedy=remedy,
        ),
        none_where(
            t, "unmatched cost has no campaign, matched cost has one", "(match_rule = 'unmatched') <> (campaign_id is null)",
            keys=["media_cost_id"], needs=["match_rule", "campaign_id"], remedy=_MODEL,
        ),
    ]  # fmt: skip


def privacy_rules(text_columns: Mapping[str, list[str]]) -> list[Rule]:
    """No text of the published file looks like an e-mail, a CPF or a Brazilian phone (LGPD).

    ``text_columns`` maps ``schema.table`` to its text columns. The row is named by nothing: its key could be the
    personal value itself. Uses DuckDB's ``regexp_matches``; Great Expectations has no pattern rule for DuckDB.
    """
    looks = {
        "an e-mail": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}",
        "a CPF": r"(^|[^0-9])[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}([^0-9]|$)",
        "a phone": r"(^|[^0-9a-f])(\+55[ ]?)?\(?[1-9][0-9]\)?[ ]?9[0-9]{4}-[0-9]{4}([^0-9]|$)",
    }
    rules = []
    for table, columns in text_columns.items():
        for what, pattern in looks.items():
            failing = " or ".join(f"regexp_matches({c}, '{pattern}')" for c in columns)
            query = f"select 1 as found from {{batch}} where {failing}".replace("{2,}", "{{2,}}")
            rules.append(
                Rule(
                    table, f"no text looks like {what}", "UnexpectedRowsExpectation",
                    {"unexpected_rows_query": _escape(query)}, failing, (),
                    "Tag the column `meta: {pii: true}` in its YAML, or stop loading it.", "gate", tuple(columns),
                )
            )  # fmt: skip
    return rules


def _escape(query: str) -> str:
    """Great Expectations formats the query with ``{batch}``: braces of the pattern have to be doubled."""
    doubled = query.replace("{{", "{").replace("}}", "}").replace("{", "{{").replace("}", "}}")
    return doubled.replace("{{batch}}", "{batch}")


def volume_rules(published: Mapping[str, int], least_share: float = 0.85) -> list[Rule]:
    """Facts may not shrink by more than 15 % against the snapshot in place: a lost source is not a good day."""
    watched = ("marts.fct_handoffs", "marts.fct_opportunities", "marts.fct_revenue", "marts.dim_people")
    return [
        at_least_rows(
            table, int(published[table] * least_share),
            remedy=f"The snapshot in place has {published[table]}. If the loss is real, publish with --accept-loss.",
        )
        for table in watched
        if published.get(table, 0) >= 20
    ]  # fmt: skip


def marts_rules() -> list[Rule]:
    """Every rule on the candidate that needs nothing but the candidate."""
    money = [*_revenue(), *_receivables(), *reconciliation_rules(), *_recurring(), *_media_cost()]
    return [*_keys(), *_handoffs(), *agreement_rules(), *money]
