"""The agreement as rows: what `raw_agreement` holds, so that SQL joins rules instead of containing them."""

from __future__ import annotations

from contract.mappings import Mappings
from contract.rows.besides import (
    absence_rows,
    channel_rows,
    cost_rows,
    glossary_rows,
    label_rows,
    merge_rows,
    split_rows,
    stage_rows,
    waiver_rows,
)
from contract.rows.calendars import calendar_tables, month_rows
from contract.rows.terms import Rows, term_rows, version_rows
from contract.rows.turns import routing_slots
from contract.signed import Agreement


def agreement_tables(agreement: Agreement, mappings: Mappings) -> dict[str, Rows]:
    """Rows of every table of `raw_agreement` but `restatements`, without provenance; instants are naive UTC.

    Reason labels and mappings have no version: they describe what the systems show today. Restatements are kept by
    the operational state.
    """
    calendars = calendar_tables(agreement)
    return {
        "versions": version_rows(agreement),
        **term_rows(agreement),
        "routing_slots": routing_slots(agreement),
        "reason_labels": label_rows(agreement),
        "stage_map": stage_rows(mappings),
        "channel_map": channel_rows(mappings),
        "monthly_costs": cost_rows(mappings),
        "glossary": glossary_rows(agreement),
        "identity_merges": merge_rows(mappings.identity),
        "identity_splits": split_rows(mappings.identity),
        "company_merges": merge_rows(mappings.companies),
        "company_splits": split_rows(mappings.companies),
        "waivers": waiver_rows(agreement),
        "absences": absence_rows(agreement),
        "months": month_rows(agreement),
        "calendar_assignments": calendars.calendar_assignments,
        "calendar_absences": calendars.calendar_absences,
        "calendar_days": calendars.calendar_days,
    }
