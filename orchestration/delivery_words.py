"""What a push did, or would do, in words for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from activation.report import DeliveryReport

# Why a run ended early, and what to do about it.
STOPS = {
    "run_limit": "the maximum of one run is reached; the rest goes with the next run (max_per_run in bastao.yaml)",
    "day_limit": "the maximum of 24 hours is reached; the rest goes later (max_per_day in bastao.yaml)",
    "quota": "the account's quota is used up; the rest goes with the next run",
    "paused": "a person paused this sync; go on with: bastao deliveries resume SYNC",
    "stop_file": "everything is stopped; go on with: bastao deliveries start",
    "plan_unusually_large": "many more new rows than usual. Look at them with --dry-run; if they are right: bastao deliver --accept-plan",
    "too_many_failures_in_a_row": "too many rows in a row went wrong: it is not the rows. See bastao deliveries list --state failed",
}
# Why a delivery is where it is, and what a person can do about it. Other reasons are the destination's own codes.
WHY = {
    "consent_declined": "the person refused communications (dim_consents says since when; fct_consent_events shows each change seen)",
    "consent_unknown": "no legal basis for communications is recorded, and the agreement says to refuse then (consent: unknown)",
    "suppressed": "the address is on the suppression list: bastao suppress check",
    "forgotten": "the person asked to be erased: bastao forget --log",
    "contact_missing": "RD Station has no such contact any more",
    "no_email": "none of the person's contacts has an e-mail address",
    "open_passage": "sales is working the lead again",
    "already_returned": "the person came back to nurture after the closing already",
    "returned_too_often": "the person was returned as often as the agreement allows (nurture_return: at_most)",
    "cooling_off": "the person was returned a short while ago (nurture_return: cooling_off in the agreement); it goes later",
    "conversion_first": "the reason has a return conversion too, which goes first (destination rd_station_nurture)",
    "already_shown": "RD Station shows it already: its own integration, or a person, did it",
    "closed_since": "the deal has closed since",
    "won_since": "the person has bought since",
    "contact_too_new": "RD Station has known the contact for a few minutes only; it goes with the next run",
    "waiting_invoice": "no invoice is matched with the sale yet (rd_station_sale: invoice_wait_days, without_invoice)",
    "invoice_cancelled": "what was invoiced for the sale was cancelled or returned before RD Station was told",
    "sale_to_correct": "RD Station was told more than is invoiced now. Correct the sale there, then: bastao deliveries received",
    "no_contact": "none of the person's contacts is in RD Station",
    "no_value": "the sale has no value",
    "no_flow": "the agreement names no flow for the reason",
    "flow_is_off": "the flow is switched off in RD Station, or does not exist; see the reason's flow in the agreement",
    "superseded": "newer content of the same subject took its place",
    "cancelled_by_person": "a person cancelled it: bastao deliveries cancel",
    "retried_by_person": "a person put it back: it goes with the next run",
}
_COUNTS = (
    ("would_send", "would be sent now"), ("accepted", "accepted by the destination"), ("found", "of these, found there already"),
    ("pending", "left to send"), ("throttled", "put off by the quota"), ("failed", "failed, tried again later"),
    ("uncertain", "uncertain, settled by the next run"), ("held", "held for a person"), ("dead", "given up"),
    ("not_in_plan", "waiting, no longer in the plan"), ("unconfirmed", "accepted, not seen there in time"),
)  # fmt: skip


def why(reason: str | None) -> str | None:
    """A reason of the ledger as a sentence; None when there is none, the code itself when it is a destination's."""
    if reason is None:
        return None
    code = reason.rsplit(":", 1)[-1]  # `http_400:flow_is_off`: what the service answered, and what that means
    return WHY.get(code, reason.replace("_", " "))


def lines(name: str, report: DeliveryReport) -> Iterator[str]:
    """The report of one sync, line by line."""
    yield f"{name}{' (rehearsal: nothing is sent)' if report.dry_run else ''}"
    yield f"  {report.in_plan:>7,}  in the plan"
    for attribute, words in _COUNTS:
        if number := getattr(report, attribute):
            yield f"  {number:>7,}  {words}"
    for counted, words in ((report.refused, "refused"), (report.waiting, "waiting"), (report.outside_window, "left alone")):
        if counted:
            yield f"  {sum(counted.values()):>7,}  {words}: {reasons(counted)}"
    if report.quota_cost:
        calls = ", ".join(f"{number:,} {resource}" for resource, number in sorted(report.quota_cost.items()))
        yield f"           calls for what is left: {calls}"
    if report.drain_seconds:
        yield f"           time to drain at the allowed rates: {duration(report.drain_seconds)}"
    if report.stopped:
        yield f"           stopped: {STOPS.get(report.stopped, report.stopped.replace('_', ' '))}"


def reasons(counted: Mapping[str, int]) -> str:
    """`consent declined 5, no email 2`."""
    return ", ".join(f"{reason.replace('_', ' ')} {number:,}" for reason, number in sorted(counted.items()))


def duration(seconds: float) -> str:
    """Seconds in the unit a person would use."""
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}".replace(".0 ", " ")
    return f"{seconds:.0f} s"
