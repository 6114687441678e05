"""What must hold in the judgements of the agreement and in the reports that count them."""

from __future__ import annotations

from quality.rules import Rule, in_set, none_where

_MODEL = "Look at the dbt model of this mart and at the last change of its inputs; nothing was published."

VERDICTS = ("met", "breached", "running", "waived", "not_applicable", "not_judgeable")
SUBJECTS = ("handoff", "ownership", "month")
CAUSES = ("withdrawn", "agreement_restated", "waiver", "late_data")
# Shares have no instant; a count may be known by dates only; a rating may be seen without knowing when it was given.
_WITHOUT_INSTANT = "('count', 'share', 'rating_without_instant')"


def agreement_rules() -> list[Rule]:
    """Rules on verdicts, restatements and the reports about them; they need nothing but the candidate."""
    return [*_verdicts(), *_restatements(), *_reports()]


def _verdicts() -> list[Rule]:
    t, key = "marts.fct_sla_verdicts", ["verdict_id"]
    return [
        in_set(t, "verdict", VERDICTS, key="verdict_id", remedy=_MODEL),
        in_set(t, "subject_type", SUBJECTS, key="verdict_id", remedy=_MODEL),
        none_where(
            t, "a verdict that could not be given says why",
            "verdict in ('not_judgeable', 'not_applicable', 'waived') and reason is null",
            keys=key, needs=["verdict", "reason"], remedy=_MODEL,
        ),
        none_where(
            t, "what is met has its evidence, and its instant where there is one",
            f"verdict = 'met' and (evidence is null or (met_at is null and basis not in {_WITHOUT_INSTANT}))",
            keys=key, needs=["verdict", "met_at", "evidence", "basis"], remedy=_MODEL,
        ),
        none_where(
            t, "waived is what a waiver excused, and says what it was",
            "(verdict = 'waived') <> (waiver_id is not null) or unwaived_verdict is null or unwaived_verdict = 'waived'",
            keys=key, needs=["verdict", "waiver_id", "unwaived_verdict"], remedy=_MODEL,
        ),
        none_where(
            t, "months have no hand-over, everything else has one",
            "(subject_type = 'month') <> (handoff_id is null)",
            keys=key, needs=["subject_type", "handoff_id"], remedy=_MODEL,
        ),
        none_where(
            t, "clocks do not run backwards", "elapsed_seconds < 0 or business_seconds < 0",
            keys=key, needs=["elapsed_seconds", "business_seconds"], remedy=_MODEL,
        ),
        none_where(
            t, "working time does not exceed elapsed time", "business_seconds > elapsed_seconds",
            keys=key, needs=["elapsed_seconds", "business_seconds"],
            remedy="The business calendar counts more than it should: rebuild it from the agreement.",
        ),
        none_where(
            t, "each promise is counted once in rpt_sla_compliance",
            "(select coalesce(sum(subjects), 0) from marts.rpt_sla_compliance)"
            f" <> (select count(*) from {t} where subject_type <> 'ownership')",
            keys=["clause_id"], needs=["subject_type"], remedy=_MODEL,
        ),
    ]  # fmt: skip


def _restatements() -> list[Rule]:
    t = "marts.fct_sla_restatements"
    return [
        in_set(t, "cause", CAUSES, key="restatement_id", remedy=_MODEL),
        none_where(
            t, "a judgement is not restated before it was first known", "known_at < first_known_at",
            keys=["restatement_id"], needs=["known_at", "first_known_at"], remedy=_MODEL,
        ),
    ]  # fmt: skip


def _reports() -> list[Rule]:
    compliance, open_clocks = "marts.rpt_sla_compliance", "marts.rpt_open_clocks"
    workload, capture = "marts.rpt_seller_workload", "marts.rpt_capture_quality"
    return [
        none_where(
            compliance, "the verdicts of a clause add up",
            "judged <> met + breached or subjects <> judged + running + waived + not_applicable + not_judgeable",
            keys=["week_start", "clause_id"],
            needs=["subjects", "judged", "met", "breached", "running", "waived", "not_applicable", "not_judgeable"],
            remedy=_MODEL,
        ),
        in_set(open_clocks, "state", ("running", "overdue"), key="verdict_id", remedy=_MODEL),
        in_set(open_clocks, "who_acts", ("seller", "sales", "marketing"), key="verdict_id", remedy=_MODEL),
        none_where(
            open_clocks, "who must act is known, and what is overdue is past due",
            "(who_acts = 'seller' and seller_id is null) or (state = 'overdue' and remaining_seconds > 0)",
            keys=["verdict_id"], needs=["who_acts", "seller_id", "state", "remaining_seconds"], remedy=_MODEL,
        ),
        none_where(
            workload, "no more leads are open or untouched than came",
            "untouched > received + reassigned_to or open_now > received + reassigned_to",
            keys=["week_start"], needs=["untouched", "open_now", "received", "reassigned_to"], remedy=_MODEL,
        ),
        none_where(
            capture, "parts are not larger than the whole",
            "complete > judged or judged > conversions or given_back > handoffs"
            " or given_back_invalid_contact + given_back_unreachable > given_back",
            keys=["period_start", "conversion_identifier"],
            needs=["complete", "judged", "conversions", "given_back", "handoffs"], remedy=_MODEL,
        ),
        none_where(
            "marts.rpt_warning_signs", "a sign that shows is above its threshold, and a share is a share",
            "(severity <> 'quiet' and value < threshold) or (sign like '%share_above' and value not between 0 and 1)",
            keys=["warning_id"], needs=["sign", "severity", "value", "threshold"], remedy=_MODEL,
        ),
    ]  # fmt: skip
