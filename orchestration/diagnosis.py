"""`bastao doctor`: what a run needs, looked at one by one. Nothing is changed, and no secret is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from contract.channels import unmapped_channels
from contract.mappings import load_mappings
from contract.problems import ConfigurationError, did_you_mean
from orchestration import (
    agreements,
    diagnosis_accounts,
    diagnosis_data,
    express,
    hook_coverage,
    receiving,
    settings,
)
from orchestration.findings import Finding
from orchestration.profile import Profile
from orchestration.runtime import Runtime

STALE = timedelta(hours=26)


def examine(profile: Profile) -> list[Finding]:
    """Everything that can be looked at without a run."""
    with Runtime(profile) as runtime:
        findings = [*_secrets(profile), *agreement(runtime), _lock(runtime), *_freshness(runtime), *_webhooks(runtime), *_express(runtime)]
        if not any(finding.status == "problem" and finding.what == "secret" for finding in findings):
            findings += diagnosis_accounts.examine(runtime)
        return [*findings, *diagnosis_data.examine(runtime)]


def _secrets(profile: Profile) -> Iterator[Finding]:
    missing = settings.missing_secrets(profile)
    for problem in missing:
        yield Finding("secret", "problem", f"{problem.file}:{problem.line} {problem.path} {problem.message}", problem.remedy)
    if not missing:
        yield Finding("secrets", "ok", "every secret that bastao.yaml names is set")


def agreement(runtime: Runtime) -> Iterator[Finding]:
    """Whether it can be read, is unchanged where it came into force, and names channels that leads can have."""
    try:
        found = agreements.read(runtime.profile)
        agreements.refuse_changes(runtime, found, runtime.now_or_system())
        mappings = load_mappings(runtime.profile.folder / "mappings")
    except ConfigurationError as error:
        yield Finding("agreement", "problem", str(error), "bastao agreement check says it line by line.")
        return
    yield Finding("agreement", "ok", f"{len(found.versions)} version(s), none changed after it came into force")
    for version, place, channel in unmapped_channels(found, mappings):
        words = f"{version} names the channel {channel} ({place}), which mappings/channels.yaml gives to no traffic: no lead has it"
        yield Finding("channel", "note", words, did_you_mean(channel, (block.channel for block in mappings.channels)))


def _lock(runtime: Runtime) -> Finding:
    holder = runtime.lock.holder()
    return Finding("warehouse", "ok", "free") if holder is None else Finding("warehouse", "note", f"in use by {holder}")


def _freshness(runtime: Runtime) -> Iterator[Finding]:
    runs, last = runtime.state.last_runs(status="ok"), runtime.state.last_runs()
    for stage in [*(f"ingest {name}" for name in runtime.profile.source_names), "transform", "publish"]:
        if stage in last and last[stage]["status"] == "failed":
            yield _failure(stage, last[stage], runs.get(stage))
            continue
        if stage not in runs:
            yield Finding(stage, "note", "never ran to its end", "bastao run does all stages.")
            continue
        finished = runs[stage]["finished_at"].replace(tzinfo=UTC)
        age = datetime.now(UTC) - finished
        words = f"last done {finished:%Y-%m-%d %H:%M} UTC ({_hours(age)} ago)"
        yield Finding(stage, "note" if age > STALE else "ok", words)


def _failure(stage: str, failed: dict[str, Any], done: dict[str, Any] | None) -> Finding:
    before = f"last done {done['finished_at']:%Y-%m-%d %H:%M} UTC" if done else "never ran to its end"
    words = f"failed at {failed['started_at']:%Y-%m-%d %H:%M} UTC; {before}"
    return Finding(stage, "problem", words, failed["detail"].get("error", "The run's log in Dagster (bastao up) names the error."))


def _webhooks(runtime: Runtime) -> Iterator[Finding]:
    counts = runtime.state.counter_values()
    refused = {name.removeprefix("webhook_"): number for name, number in counts.items() if name.startswith("webhook_")}
    words = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in sorted(refused.items())) or "none refused"
    yield Finding("webhooks", "ok", f"{runtime.state.inbox.last_seq()} received, {words}")
    yield Finding("webhook address", "ok", receiving.address_of(runtime.profile))
    for found in hook_coverage.read(runtime.paths.published_bi):
        remedy = "bastao webhooks shows what is not registered; rpt_webhook_coverage shows the days." if found.missed else ""
        yield Finding(f"webhooks {found.system}", "note" if found.missed else "ok", str(found), remedy)


def _express(runtime: Runtime) -> Iterator[Finding]:
    runs = runtime.state.last_runs()
    listened, judged = runs.get(express.READY), runs.get(express.STAGE)
    if not express.is_wanted(runtime.profile) or listened is None:
        return
    last = judged if judged and judged["run_seq"] > listened["run_seq"] else listened
    if last["status"] != "failed":
        yield Finding("express lane", "ok", f"listening since {listened['started_at']:%Y-%m-%d %H:%M} UTC")
        return
    words = f"stopped at {last['started_at']:%Y-%m-%d %H:%M} UTC: rejections are returned by the next whole run, not at once"
    yield Finding("express lane", "problem", words, f"{runtime.paths.logs}/express.log names the error; bastao up starts it again.")


def _hours(age: timedelta) -> str:
    return f"{age.total_seconds() / 3600:.1f} h"
