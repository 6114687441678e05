"""The rules on judgements and their reports: sound rows pass, and each kind of unsound row is named."""

from pathlib import Path

import duckdb
import pytest

from quality.gate import check
from quality.suites.agreement import agreement_rules

SOUND = """
create schema marts;
create table marts.fct_sla_verdicts as select * from (values
  ('v1', 'c', 'response_time', 'handoff', 'h1', 'met', null, 'met', null, timestamp '2026-03-02 12:05:00', 'attempt:1',
    'attempt', 300, 300),
  ('v2', 'c', 'response_time', 'ownership', 'h1', 'not_applicable', 'reassigned', 'not_applicable', null, null, null, 'attempt',
    null, null),
  ('v3', 'm', 'acceptance_rate', 'month', null, 'met', null, 'met', null, null, 'accepted=1;handed_over=1;undecided=0', 'share',
    null, null),
  ('v4', 'c', 'response_time', 'handoff', 'h2', 'waived', 'waiver:w', 'breached', 'w', null, null, 'attempt', null, null)
) t(verdict_id, clause_id, clause_kind, subject_type, handoff_id, verdict, reason, unwaived_verdict, waiver_id, met_at, evidence,
  basis, elapsed_seconds, business_seconds);
create table marts.fct_sla_restatements as select 'r1' as restatement_id, 'late_data' as cause,
  timestamp '2026-03-02' as first_known_at, timestamp '2026-03-03' as known_at;
create table marts.rpt_sla_compliance as select * from (values
  (date '2026-03-02', 'c', 2, 1, 1, 0, 0, 1, 0, 0), (date '2026-03-02', 'm', 1, 1, 1, 0, 0, 0, 0, 0)
) t(week_start, clause_id, subjects, judged, met, breached, running, waived, not_applicable, not_judgeable);
create table marts.rpt_open_clocks as select * from (values ('v5', 'running', 'seller', 's', 60), ('v6', 'overdue', 'sales', null, -60)
) t(verdict_id, state, who_acts, seller_id, remaining_seconds);
create table marts.rpt_seller_workload as select date '2026-03-02' as week_start, 2 as received, 1 as reassigned_to, 3 as untouched,
  1 as open_now;
create table marts.rpt_capture_quality as select date '2026-03-01' as period_start, 'f' as conversion_identifier, 3 as conversions,
  2 as judged, cast(null as bigint) as complete, 2 as handoffs, 1 as given_back, 1 as given_back_invalid_contact,
  0 as given_back_unreachable;
create table marts.rpt_warning_signs as select 'w1' as warning_id, 'untouched_share_above' as sign, 'alert' as severity,
  0.40 as value, 0.15 as threshold;
"""
UNSOUND = {
    "verdict is one of": "update marts.fct_sla_verdicts set verdict = 'lost' where verdict_id = 'v1'",
    "subject_type is one of": "update marts.fct_sla_verdicts set subject_type = 'week' where verdict_id = 'v1'",
    "says why": "update marts.fct_sla_verdicts set reason = null where verdict_id = 'v2'",
    "has its evidence": "update marts.fct_sla_verdicts set met_at = null where verdict_id = 'v1'",
    "waived is what a waiver excused": "update marts.fct_sla_verdicts set waiver_id = 'w' where verdict_id = 'v1'",
    "months have no hand-over": "update marts.fct_sla_verdicts set handoff_id = 'h1' where verdict_id = 'v3'",
    "do not run backwards": "update marts.fct_sla_verdicts set elapsed_seconds = -1, business_seconds = -1 where verdict_id = 'v1'",
    "working time does not exceed": "update marts.fct_sla_verdicts set business_seconds = 301 where verdict_id = 'v1'",
    "counted once": "update marts.fct_sla_verdicts set subject_type = 'handoff' where verdict_id = 'v2'",
    "cause is one of": "update marts.fct_sla_restatements set cause = 'mood'",
    "before it was first known": "update marts.fct_sla_restatements set known_at = '2026-03-01'",
    "add up": "update marts.rpt_sla_compliance set running = 1 where clause_id = 'm'",
    "state is one of": "update marts.rpt_open_clocks set state = 'late' where verdict_id = 'v5'",
    "who_acts is one of": "update marts.rpt_open_clocks set who_acts = 'nobody' where verdict_id = 'v6'",
    "past due": "update marts.rpt_open_clocks set remaining_seconds = 1 where verdict_id = 'v6'",
    "than came": "update marts.rpt_seller_workload set untouched = 4",
    "a share is a share": "update marts.rpt_warning_signs set value = 0.10",
    "larger than the whole": "update marts.rpt_capture_quality set given_back_unreachable = 1",
}


def failed_after(path: Path, *statements: str) -> dict[str, tuple[str, ...]]:
    """The rules that fail on the sound candidate after these statements, with the keys they name."""
    with duckdb.connect(str(path)) as con:
        con.execute(SOUND)
        for statement in statements:
            con.execute(statement)
    return {f.rule: f.keys for f in check(path, agreement_rules()).failures}


def test_sound_judgements_pass(tmp_path: Path) -> None:
    assert failed_after(tmp_path / "bi.duckdb") == {}


def test_each_kind_of_unsound_row_is_named(tmp_path: Path) -> None:
    # The statements touch different columns or rows, so that one candidate can hold all faults at once.
    names = [name for name in UNSOUND if name not in ("counted once", "verdict is one of")]
    failed = failed_after(tmp_path / "bi.duckdb", *(UNSOUND[name] for name in names))
    missed = [name for name in names if not any(name in rule for rule in failed)]
    assert not missed
    assert all(failed.values())


@pytest.mark.parametrize("name", ["counted once", "verdict is one of"])
def test_alone(tmp_path: Path, name: str) -> None:
    assert [rule for rule in failed_after(tmp_path / "bi.duckdb", UNSOUND[name]) if name in rule]
