"""The example company of profiles/historico: every verdict, worked out by hand.

The figures were worked out on paper from the three CSV files and the agreement of the example, in local time (São
Paulo, UTC-3; 2 March 2026 is a Monday; business hours 09:00-18:00 on weekdays), as of 31 March 2026, 18:00.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path

from orchestration.paths import PROJECT_ROOT
from tests.e2e import line

NOW = datetime(2026, 3, 31, 21, tzinfo=UTC)
HISTORY = PROJECT_ROOT / "profiles" / "historico"
H = 3600

# (hand-over or month, clause): (verdict, reason, elapsed seconds, business seconds)
VERDICTS: dict[tuple[str, str], tuple[str, str | None, int | None, int | None]] = {
    # P1: call 20 min after the hand-over; SQL the next morning ends the cadence early; rated, nobody knows when.
    ("P1", "owner_at_birth"): ("met", None, 300, 300),
    ("P1", "first_contact_hot"): ("met", None, 1200, 1200),
    ("P1", "sql_contact"): ("met", None, 0, 0),
    ("P1", "cadence_attempts"): ("not_applicable", "advanced", None, None),
    ("P1", "cadence_order"): ("not_applicable", "advanced", None, None),
    ("P1", "rating_given"): ("met", None, None, None),
    # P2: Friday 17:50, so 30 business minutes end on Monday at 09:20. The call of 09:10 reached nobody, that of 09:25
    # did: 63 h 35 min later, of which 10 + 25 business minutes. Two calls where a WhatsApp was due; given back too early.
    ("P2", "owner_at_birth"): ("breached", None, 1800, 600),
    ("P2", "first_contact_hot"): ("breached", None, 63 * H + 35 * 60, 35 * 60),
    ("P2", "cadence_attempts"): ("breached", None, None, None),
    ("P2", "cadence_order"): ("breached", "out_of_order", None, None),
    ("P2", "reason_registered"): ("met", None, None, None),
    ("P2", "give_back_allowed"): ("breached", "cadence_incomplete", None, None),
    ("P2", "rating_given"): ("breached", None, None, None),
    ("P2", "returned_to_nurture"): ("not_applicable", "before_go_live", None, None),
    # P3: the first call reached nobody; of the WhatsApp nobody knows, and the clause then counts the attempt.
    ("P3", "owner_at_birth"): ("met", None, 0, 0),
    ("P3", "first_contact_other"): ("met", None, 4 * H + 1800, 3 * H + 1800),
    ("P3", "cadence_attempts"): ("met", None, 25 * H, 9 * H),
    ("P3", "cadence_order"): ("met", None, None, None),
    ("P3", "reason_registered"): ("met", None, None, None),
    ("P3", "give_back_allowed"): ("met", None, None, None),
    ("P3", "rating_given"): ("not_applicable", "closed_before_due", None, None),
    # P4: nobody took it up. Without an opportunity there is nothing to rate.
    ("P4", "owner_at_birth"): ("breached", None, None, None),
    ("P4", "first_contact_other"): ("breached", None, None, None),
    ("P4", "cadence_attempts"): ("breached", None, None, None),
    ("P4", "cadence_order"): ("not_applicable", "incomplete", None, None),
    # P5: only the date is known.
    ("P5", "owner_at_birth"): ("not_judgeable", "date_only", None, None),
    ("P5", "first_contact_other"): ("not_judgeable", "date_only", None, None),
    ("P5", "cadence_attempts"): ("not_judgeable", "date_only", None, None),
    ("P5", "cadence_order"): ("not_judgeable", "date_only", None, None),
    # P6: a wrong number may be given back at once.
    ("P6", "owner_at_birth"): ("met", None, 600, 600),
    ("P6", "first_contact_other"): ("met", None, 2 * H, 2 * H),
    ("P6", "cadence_attempts"): ("not_applicable", "closed_before_due", None, None),
    ("P6", "cadence_order"): ("not_applicable", "closed", None, None),
    ("P6", "reason_registered"): ("met", None, None, None),
    ("P6", "give_back_allowed"): ("not_applicable", "exempt_reason", None, None),
    ("P6", "rating_given"): ("not_applicable", "closed_before_due", None, None),
    # P7: lost after it was an SQL, for a reason that the agreement does not know.
    ("P7", "owner_at_birth"): ("met", None, 60, 60),
    ("P7", "first_contact_other"): ("met", None, 1800, 1800),
    ("P7", "sql_contact"): ("met", None, 0, 0),
    ("P7", "cadence_attempts"): ("not_applicable", "advanced", None, None),
    ("P7", "cadence_order"): ("not_applicable", "advanced", None, None),
    ("P7", "reason_registered"): ("not_judgeable", "unmapped_reason", None, None),
    ("P7", "rating_given"): ("met", None, None, None),
    # P8: given back after nine days, untouched and without a reason.
    ("P8", "owner_at_birth"): ("met", None, 120, 120),
    ("P8", "first_contact_other"): ("breached", None, None, None),
    ("P8", "cadence_attempts"): ("breached", None, None, None),
    ("P8", "cadence_order"): ("not_applicable", "closed", None, None),
    ("P8", "reason_registered"): ("breached", None, None, None),
    ("P8", "give_back_allowed"): ("breached", "cadence_incomplete", None, None),
    ("P8", "rating_given"): ("breached", None, None, None),
    # March: two SQLs (P1, P7) and one sale (P1); of eight hand-overs two were accepted and two are undecided.
    ("2026-03", "sqls_per_month"): ("met", None, None, None),
    ("2026-03", "wins_per_month"): ("met", None, None, None),
    ("2026-03", "acceptance_rate"): ("running", None, None, None),
}
HANDOFFS = {  # status, local closing date, attempts, first contact (UTC)
    "P1": ("won", "2026-03-20", 1, "2026-03-02 12:20"),
    "P2": ("rejected", "2026-03-12", 2, "2026-03-09 12:25"),
    "P3": ("rejected", "2026-03-05", 3, "2026-03-03 15:30"),
    "P4": ("open", "None", 0, "None"),
    "P5": ("open", "None", None, "None"),
    "P6": ("rejected", "2026-03-16", 1, "2026-03-16 14:00"),
    "P7": ("lost", "2026-03-25", 1, "2026-03-17 12:30"),
    "P8": ("rejected", "2026-03-27", 0, "None"),
}


def key_of(handoff_id: str) -> str:
    """The file's key of a hand-over: its id is md5 of the opening record (design, section 4)."""
    keys = {md5(f"files:handoff:{key}".encode(), usedforsecurity=False).hexdigest(): key for key in HANDOFFS}
    return keys.get(handoff_id, handoff_id)


def check(database: Path, verdicts: str, handoffs: str) -> None:
    """Compare the two relations of a DuckDB file with what was worked out on paper, row by row."""
    names = ("verdict", "reason", "elapsed_seconds", "business_seconds")
    rows = line.frame(database, f"select * from {verdicts}").to_dict("records")
    found = {(key_of(row["subject_id"]), row["clause_id"]): tuple(row[name] for name in names) for row in rows}
    assert {key: found.get(key) for key in VERDICTS} == VERDICTS
    assert set(found) == set(VERDICTS)
    shown = {}
    for row in line.frame(database, f"select * from {handoffs}").to_dict("records"):
        contact = str(row["first_contact_at"]).removesuffix(":00")
        shown[key_of(row["handoff_id"])] = (row["status"], str(row["closed_date"]), row["attempts"], contact)
    assert shown == HANDOFFS
