"""Alerts and webhooks from a published plan to a receiver on loopback: once each, quiet at night, secrets kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import push, settings, stages, syncs
from orchestration.profile import Profile
from orchestration.runtime import Runtime
from tests.activation.test_messages import SECRET, Receiver, receiver  # noqa: F401
from tests.orchestration.conftest import CONFIG, FixedClock

TELLING = """\
  chat_slack: {live: true}
  chat_teams: {live: true, kinds: [win], quiet_outside_hours: false}
  webhook: {live: true}
"""
MESSAGES = """
create table publication as select 's1' as snapshot_id;
create table plan_messages as select * from (values
  ('v1', 'hot_waiting', 1, timestamp '2026-06-30 17:50:00', timestamp '2026-06-30 18:05:00', 300, 'Primeiro contato', null),
  ('v2', 'breach', 3, timestamp '2026-06-30 15:00:00', timestamp '2026-06-30 15:00:00', -9000, 'Contato com o SQL', null),
  ('v3', 'breach', 3, timestamp '2026-06-28 15:00:00', timestamp '2026-06-28 15:00:00', -90000, 'Contato com o SQL', null),
  ('h9', 'win', 4, timestamp '2026-06-30 14:00:00', null, null, null, 1500.00)
) t(subject_id, kind, priority, happened_at, due_at, remaining_seconds, clause_title_pt, amount);
alter table plan_messages add column occurrence varchar; update plan_messages set occurrence = kind;
alter table plan_messages add column eligible boolean; update plan_messages set eligible = true;
alter table plan_messages add column clock varchar; update plan_messages set clock = 'elapsed';
create table plan_webhook as select 'h' || i as subject_id, 'won' as occurrence, timestamp '2026-06-30 12:00:00' as happened_at,
  'won' as status, true as eligible, 'granted' as consent_status from range(1, 4) t(i);
"""


@pytest.fixture
def telling(
    folder: Path, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> Profile:
    (folder / "bastao.yaml").write_text(CONFIG.split("destinations:")[0] + "destinations:\n" + TELLING, encoding="utf-8")
    for name in ("BASTAO_SLACK_WEBHOOK", "BASTAO_TEAMS_WEBHOOK", "BASTAO_WEBHOOK_URL"):
        monkeypatch.setenv(name, receiver.url)
    monkeypatch.setenv("BASTAO_WEBHOOK_SECRET", SECRET)
    profile = settings.load_profile(folder, {"BASTAO_HOME": str(tmp_path / "home")})
    profile.paths.create()
    with duckdb.connect(str(profile.paths.published_plan)) as connection:
        connection.execute(MESSAGES)
    return profile


def _texts(receiver: Receiver) -> list[str]:  # noqa: F811
    return [json.dumps(json.loads(content), ensure_ascii=False) for _, content in receiver.seen]


def test_each_channel_hears_its_kinds_once(telling: Profile, fixed_clock: FixedClock, receiver: Receiver) -> None:  # noqa: F811
    fixed_clock.instant = datetime(2026, 6, 30, 18, tzinfo=UTC)  # 15:00 in São Paulo
    reports = stages.deliver(telling)
    assert {name: report.accepted for name, report in reports.items()} == {"chat_slack": 3, "chat_teams": 1, "webhook": 3}
    assert reports["chat_slack"].outside_window == {"too_old": 1}
    assert len(receiver.seen) == 1 + 1 + 3, "three alerts are one digest, one win is a card, three webhooks"
    digest = next(text for text in _texts(receiver) if "avisos do acordo" in text)
    assert digest.index("Lead quente esperando") < digest.index("vencido"), "the most urgent first"
    again = stages.deliver(telling)
    assert sum(report.sent for report in again.values()) == 0
    assert len(receiver.seen) == 5
    with Runtime(telling) as runtime:
        batch = push.waiting_batch(runtime)
    assert batch is not None
    assert batch.rows == 0, "what is too old must not start runs for ever"


def test_outside_working_hours_the_chat_is_quiet_and_tells_in_the_morning(
    telling: Profile, fixed_clock: FixedClock, receiver: Receiver  # noqa: F811
) -> None:
    fixed_clock.instant = datetime(2026, 6, 30, 23, tzinfo=UTC)  # 20:00
    night = stages.deliver(telling, only="chat_slack")["chat_slack"]
    assert (night.sent, night.waiting) == (0, {"quiet_hours": 3})
    fixed_clock.instant = datetime(2026, 7, 1, 11, 30, tzinfo=UTC)  # 08:30
    morning = stages.deliver(telling, only="chat_slack")["chat_slack"]
    assert morning.accepted == 3


def test_a_dry_run_posts_nothing_and_a_missing_address_is_named(
    telling: Profile, fixed_clock: FixedClock, receiver: Receiver, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    fixed_clock.instant = datetime(2026, 6, 30, 18, tzinfo=UTC)
    reports = stages.deliver(telling, dry_run=True)
    assert {name: report.would_send for name, report in reports.items()} == {"chat_slack": 3, "chat_teams": 1, "webhook": 3}
    assert receiver.seen == []
    monkeypatch.delenv("BASTAO_SLACK_WEBHOOK")
    with pytest.raises(settings.SettingsError, match="BASTAO_SLACK_WEBHOOK"):
        stages.deliver(telling, only="chat_slack")


def test_one_destination_that_fails_leaves_the_others_alone(
    telling: Profile, fixed_clock: FixedClock, receiver: Receiver, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    fixed_clock.instant = datetime(2026, 6, 30, 18, tzinfo=UTC)
    monkeypatch.setenv("BASTAO_SLACK_WEBHOOK", "https://somewhere.example.com/hook")
    with pytest.raises(Exception, match=r"hooks\.slack\.com"):
        stages.deliver(telling)
    assert len(receiver.seen) == 4


def test_every_sync_is_wired_to_a_section_of_the_settings(telling: Profile) -> None:
    assert [sync.setting for sync in syncs.configured(telling)] == ["chat_slack", "chat_teams", "webhook"]
    assert set(syncs.SYNCS) == set(type(telling.destinations).model_fields)
