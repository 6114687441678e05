"""What a person does about deliveries on the command line: pause, stop, and what a dry run says and leaves alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

from activation.report import DeliveryReport
from orchestration import delivery_words
from orchestration.profile import Profile
from orchestration.runtime import Runtime
from tests.orchestration.test_cli import bastao
from tests.orchestration.test_sensors import plan


def _files(home: Path) -> dict[str, str]:
    """Every file of a home by its content; locks are opened, never written."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*")) if path.is_file() and "locks" not in path.parts
    }  # fmt: skip


def test_pausing_and_stopping_are_seen_by_every_process(folder: Path, tmp_path: Path) -> None:
    home, common = tmp_path / "home", ("--profile", folder)
    assert "is paused" in bastao("deliveries", "pause", "nurture_return", *common, "--reason", "check", home=home).output
    wrong = bastao("deliveries", "pause", "nothing", *common, home=home)
    assert wrong.exit_code == 2
    assert "nurture_return" in wrong.output
    assert "goes on" in bastao("deliveries", "resume", "nurture_return", *common, home=home).output
    stopped = bastao("deliveries", "stop", *common, home=home)
    assert "deliveries start" in stopped.output
    assert list(home.rglob("STOP"))
    bastao("deliveries", "start", *common, home=home)
    assert not list(home.rglob("STOP"))


def test_an_unknown_destination_is_named_with_those_there_are(folder: Path, tmp_path: Path) -> None:
    refused = bastao("deliver", "--only", "fax", "--profile", folder, home=tmp_path / "home")
    assert refused.exit_code == 2
    assert "rd_station_nurture" in refused.output


def test_a_dry_run_changes_no_file(ready: Profile) -> None:
    from activation.delivery import deliver
    from tests.activation.support import FakeClock, FakeDestination, plan_of, policy

    plan(ready, eligible=40)
    with Runtime(ready) as runtime:
        clock = FakeClock()
        before = _files(ready.paths.home)
        rows = plan_of(*(f"s{number}" for number in range(40)))
        report = deliver("nurture_return", rows, runtime.outbox, FakeDestination(clock), clock, policy(), dry_run=True)
        assert report.in_plan == 40
        assert _files(ready.paths.home) == before


def test_the_report_says_why_it_stopped_and_how_long_the_rest_takes() -> None:
    report = DeliveryReport("nurture_return", in_plan=500, pending=400, stopped="plan_unusually_large", drain_seconds=5400.0)
    report.refused["consent_declined"] = 3
    report.quota_cost["events"] = 400
    said = "\n".join(delivery_words.lines("rd_station_nurture", report))
    for part in ("500  in the plan", "400  left to send", "consent declined 3", "400 events", "1.5 h", "--accept-plan"):
        assert part in said
    assert delivery_words.STOPS.keys() >= {"run_limit", "day_limit", "quota", "paused", "stop_file"}
