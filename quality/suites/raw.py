"""What must hold in what a load has just landed. Only the rows of that load are looked at: cost follows what changed."""

from __future__ import annotations

from collections.abc import Callable

from quality.rules import Rule, none_where

_LANDING = "The source sent something it never sent before: nothing downstream was built. See ingestion's BEHAVIOR.md."

# Columns that must be filled, by raw table: without them a row can be neither keyed nor placed in time.
REQUIRED: dict[str, dict[str, tuple[str, ...]]] = {
    "raw_rd_station": {
        "contacts": ("contact_uuid",),
        "contact_identifiers": ("contact_uuid", "kind"),
        "funnels": ("contact_uuid", "observed_at"),
        "conversions": ("contact_uuid", "event_type", "occurred_at", "event_key"),
    },
    "raw_rd_station_crm": {
        "deals": ("deal_id", "observed_at"),
        "deal_stage_visits": ("deal_id", "stage_id", "start_at"),
        "deal_contacts": ("deal_id", "contact_id"),
        "tasks": ("task_id", "type"),
        "users": ("user_id",),
        "stages": ("stage_id", "stage_name"),
    },
    "raw_pipedrive": {
        "leads": ("lead_id", "observed_at"),
        "deals": ("deal_id", "observed_at"),
        "deal_stage_visits": ("deal_id", "visit_id", "stage_id", "start_at"),
        "activities": ("activity_id",),
        "users": ("user_id",),
        "stages": ("stage_id", "stage_name"),
    },
    "raw_salesforce": {
        "leads": ("lead_id", "status", "created_at", "observed_at"),
        "opportunities": ("opportunity_id", "stage_name", "created_at", "observed_at"),
        "opportunity_history": ("opportunity_id", "stage_name", "created_at"),
        "opportunity_contact_roles": ("opportunity_id", "contact_id"),
        "tasks": ("task_id", "type"),
        "users": ("user_id",),
        "stages": ("stage_id", "stage_name"),
    },
    "raw_hubspot": {
        "leads": ("lead_id", "observed_at"),
        "deals": ("deal_id", "observed_at"),
        "stage_visits": ("record_kind", "record_id", "visit_id", "stage_id", "start_at"),
        "deal_contacts": ("deal_id", "contact_id"),
        "lead_contacts": ("lead_id", "contact_id"),
        "activities": ("activity_id",),
        "owners": ("owner_id",),
        "stages": ("stage_id", "stage_name"),
    },
    "raw_protheus": {
        "sa1": ("recno", "company_group", "is_deleted"),
        "sd2": ("recno", "company_group", "is_deleted"),
        "sf4": ("recno", "company_group", "is_deleted"),
    },
    "raw_agreement": {"versions": ("agreement_version", "agreement_hash", "calendar_hash", "effective_from")},
    "raw_files": {
        "handoffs": ("handoff_key",),
        "deals": ("deal_key", "handoff_key"),
        "movements": ("movement_key", "kind", "amount", "occurred_on"),
    },
    "raw_media_cost": {
        "daily": ("platform", "account_id", "campaign_name", "spent_on", "amount", "currency"),
        "links": ("platform", "account_id", "campaign_name", "match_rule"),
    },
}

# Values that models branch on: a new one must be looked at by a person before numbers move.
ALLOWED: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    "raw_rd_station": {
        "conversions": {"event_type": ("CONVERSION", "OPPORTUNITY")},
        "funnels": {"lifecycle_stage": ("Lead", "Qualified Lead", "Client")},
    },
    "raw_pipedrive": {"deals": {"status": ("open", "won", "lost", "deleted")}},
    "raw_rd_station_crm": {"deals": {"status": ("won", "lost", "ongoing", "paused")}},
    "raw_hubspot": {"activities": {"outcome": ("contact", "no_answer", "unknown")}},
    "raw_files": {"movements": {"kind": ("invoice", "return", "payment")}},
}


def raw_rules(schema: str, load_seq: int) -> list[Rule]:
    """Rules for the rows that ``load_seq`` landed in the tables of ``schema``."""
    rules: list[Rule] = []
    add: Callable[[Rule], None] = rules.append
    for table, columns in REQUIRED.get(schema, {}).items():
        for column in columns:
            add(
                none_where(
                    f"{schema}.{table}", f"{column} is filled", f"load_seq = {load_seq} and {column} is null",
                    keys=["load_seq", "row_seq"], needs=[column], remedy=_LANDING,
                )
            )  # fmt: skip
    for table, sets in ALLOWED.get(schema, {}).items():
        for column, values in sets.items():
            listed = ", ".join(f"'{v}'" for v in values)
            add(
                none_where(
                    f"{schema}.{table}", f"{column} is one of {', '.join(values)}",
                    f"load_seq = {load_seq} and {column} not in ({listed})",
                    keys=["load_seq", "row_seq"], needs=[column], remedy=_LANDING,
                )
            )  # fmt: skip
    if schema == "raw_media_cost":
        add(_totals_agree(load_seq))
    return rules


def _totals_agree(load_seq: int) -> Rule:
    """An export whose own total is not the sum of its lines was cut off or written twice. Platforms round each line, and
    an unreadable line (in quarantine) is missing from the sum: neither is a fault of the rest."""
    return none_where(
        "raw_media_cost.files", "the lines of an export add up to its own total",
        f"load_seq = {load_seq} and quarantined = 0 and abs(stated_total - total_amount) > 0.005 * lines + 0.005",
        keys=["load_seq", "row_seq"], needs=["stated_total", "total_amount", "lines", "quarantined"],
        remedy="raw_media_cost.files names the file: export it again, whole, and put it in its place.",
    )  # fmt: skip
