"""How a sync does, said three times from one mart: the asset check, its severity, and what to do."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from dagster import AssetCheckSeverity

from activation.report import DeliveryReport
from orchestration import delivery_health
from orchestration.assets.deliveries import _check
from orchestration.paths import Paths

NOW = "create schema marts; create table marts.rpt_delivery_health as select * from (values {}) t(sync, period, status, reason)"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "home").create()


def publish(paths: Paths, rows: str) -> None:
    with duckdb.connect(str(paths.published_bi)) as connection:
        connection.execute(NOW.format(rows))


def test_the_check_says_what_to_do_and_how_grave_it_is(paths: Paths) -> None:
    publish(paths, """('a', 'present', 'ok', null), ('b', 'present', 'degraded', 'held'), ('b', 'day', 'stopped', 'nothing_accepted'),
                      ('c', 'present', 'stopped', 'nothing_accepted')""")
    fine, held, stopped = (_check(delivery_health.after(paths, DeliveryReport(sync))) for sync in "abc")
    assert fine.passed
    assert (held.passed, held.severity) == (False, AssetCheckSeverity.WARN)
    assert "deliveries list --state held" in str(held.description)
    assert (stopped.passed, stopped.severity) == (False, AssetCheckSeverity.ERROR)


def test_how_the_run_ended_counts_before_the_snapshot(paths: Paths) -> None:
    assert delivery_health.after(paths, DeliveryReport("a")).status == "ok", "nothing is published yet"
    blocked = delivery_health.after(paths, DeliveryReport("a", stopped="blocked:http_403"))
    assert (blocked.status, blocked.reason) == ("degraded", "blocked:http_403") and "credentials" in blocked.remedy
    assert "--accept-plan" in delivery_health.after(paths, DeliveryReport("a", stopped="plan_unusually_large")).remedy
    assert delivery_health.after(paths, DeliveryReport("a", stopped="run_limit")).status == "ok"
    for reason in ("nothing_accepted", "held", "given_up", "not_seen_again", "waiting_too_long"):
        assert delivery_health.REMEDIES[reason]


def test_a_snapshot_of_an_earlier_release_is_no_error(paths: Paths) -> None:
    with duckdb.connect(str(paths.published_bi)) as connection:
        connection.execute("create schema marts")
    assert delivery_health.read(paths, "a").status == "ok"
