"""`bastao doctor`: what a run needs, looked at one by one. Nothing is changed, and no secret is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from contract.problems import ConfigurationError
from orchestration import accounts, agreements, hook_coverage, receiving, settings
from orchestration.clock import ClockError
from orchestration.profile import Profile
from orchestration.runtime import Runtime

Status = Literal["ok", "note", "problem"]
LARGEST_SKEW = timedelta(seconds=30)
STALE = timedelta(hours=26)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it stands, and what to do when it does not stand well."""

    what: str
    status: Status
    detail: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.status:<8} {self.what:<22} {self.detail}" + (f"\n{'':<32}{self.remedy}" if self.remedy else "")


def examine(profile: Profile) -> list[Finding]:
    """Everything that can be looked at without a run."""
    with Runtime(profile) as runtime:
        findings = [*_secrets(profile), _agreement(runtime), _lock(runtime), *_freshness(runtime), *_webhooks(runtime)]
        if not any(finding.status == "problem" and finding.what == "secret" for finding in findings):
            findings += [*_access(runtime), *_clock(runtime)]
        return [*findings, *_deliveries(runtime)]


def _secrets(profile: Profile) -> Iterator[Finding]:
    missing = settings.missing_secrets(profile)
    for problem in missing:
        yield Finding("secret", "problem", f"{problem.file}:{problem.line} {problem.path} {problem.message}", problem.remedy)
    if not missing:
        yield Finding("secrets", "ok", "every secret that bastao.yaml names is set")


def _agreement(runtime: Runtime) -> Finding:
    try:
        found = agreements.read(runtime.profile)
        agreements.refuse_changes(runtime, found, runtime.now_or_system())
    except ConfigurationError as error:
        return Finding("agreement", "problem", str(error), "bastao agreement check says it line by line.")
    return Finding("agreement", "ok", f"{len(found.versions)} version(s), none changed after it came into force")


def _lock(runtime: Runtime) -> Finding:
    holder = runtime.lock.holder()
    return Finding("warehouse", "ok", "free") if holder is None else Finding("warehouse", "note", f"in use by {holder}")


def _freshness(runtime: Runtime) -> Iterator[Finding]:
    runs = runtime.state.last_runs(status="ok")
    for stage in [*(f"ingest {name}" for name in runtime.profile.source_names), "transform", "publish"]:
        if stage not in runs:
            yield Finding(stage, "note", "never ran to its end", "bastao run does all stages.")
            continue
        finished = runs[stage]["finished_at"].replace(tzinfo=UTC)
        age = datetime.now(UTC) - finished
        words = f"last done {finished:%Y-%m-%d %H:%M} UTC ({_hours(age)} ago)"
        yield Finding(stage, "note" if age > STALE else "ok", words)


def _access(runtime: Runtime) -> Iterator[Finding]:
    sources = runtime.profile.sources
    if sources.rd_station:
        yield _try("RD Station", lambda: _ask_rd_station(runtime))
    if sources.pipedrive:
        yield _try("Pipedrive", lambda: _ask_pipedrive(runtime))
    if sources.salesforce:
        yield _try("Salesforce", lambda: _ask_salesforce(runtime))
    if sources.protheus:
        yield _try("Protheus", lambda: _ask_protheus(runtime))


def _ask_rd_station(runtime: Runtime) -> str:
    with accounts.rd_station_api(runtime) as api:
        answer = api.request("GET", "/marketing/account_info", resource="account_info")
    if answer.status != 200:
        raise ConnectionError(f"answers {answer.status}")
    return "answers, and accepts the credentials"


def _ask_pipedrive(runtime: Runtime) -> str:
    from ingestion.pipedrive import PipedriveApi

    api = PipedriveApi(accounts.pipedrive_config(runtime), accounts.ports(runtime, "pipedrive"))
    try:
        answer = api.get("/v1/users/me", resource="me")
    finally:
        api.close()
    left = answer.headers.get("x-daily-ratelimit-token-remaining")
    return "answers, and accepts the credentials" + (f"; {left} tokens are left today" if left else "")


def _ask_salesforce(runtime: Runtime) -> str:
    from ingestion.salesforce import SalesforceApi

    api = SalesforceApi(accounts.salesforce_config(runtime), accounts.ports(runtime, "salesforce"))
    try:
        left, most = api.calls_left()
        return f"answers, and accepts the credentials; {left} of {most} API calls are left today"
    finally:
        api.close()


def _ask_protheus(runtime: Runtime) -> str:
    import sqlalchemy as sa

    engine = sa.create_engine(accounts.protheus_config(runtime).url)
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("select 1"))
    finally:
        engine.dispose()
    return "the database answers"


def _try(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, "ok", look())
    except Exception as error:  # whatever a client raises is the finding
        text = str(error) if type(error).__module__.startswith("ingestion") else ""
        return Finding(what, "problem", text or type(error).__name__, "Check the address and the secrets in bastao.yaml.")


def _clock(runtime: Runtime) -> Iterator[Finding]:
    from orchestration.clock import ServiceClock

    source = runtime.profile.sources.rd_station
    if source is None:
        return
    try:
        skew = ServiceClock(source.base_url).now() - datetime.now(UTC)
    except ClockError as error:
        yield Finding("clock", "problem", str(error))
        return
    words = f"this machine's clock and RD Station's differ by {abs(skew.total_seconds()):.0f} s"
    if runtime.profile.clock == "rd_station":
        yield Finding("clock", "ok", f"{words}; RD Station's counts")
    elif abs(skew) > LARGEST_SKEW:
        yield Finding("clock", "problem", words, "Set this machine's clock, or `clock: rd_station` in bastao.yaml.")
    else:
        yield Finding("clock", "ok", words)


def _webhooks(runtime: Runtime) -> Iterator[Finding]:
    counts = runtime.state.counter_values()
    refused = {name.removeprefix("webhook_"): number for name, number in counts.items() if name.startswith("webhook_")}
    words = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in sorted(refused.items())) or "none refused"
    yield Finding("webhooks", "ok", f"{runtime.state.inbox.last_seq()} received, {words}")
    yield Finding("webhook address", "ok", receiving.address_of(runtime.profile))
    for found in hook_coverage.read(runtime.paths.published_bi):
        remedy = "bastao webhooks shows what is not registered; rpt_webhook_coverage shows the days." if found.missed else ""
        yield Finding(f"webhooks {found.system}", "note" if found.missed else "ok", str(found), remedy)


def _deliveries(runtime: Runtime) -> Iterator[Finding]:
    from activation.operate import count_by_state

    counts: dict[tuple[Any, Any], int] = count_by_state(runtime.outbox) if runtime.outbox.exists() else {}
    for (sync, state), number in sorted(counts.items()):
        waits = state in ("held", "dead")
        remedy = f"bastao deliveries list --state {state}" if waits else ""
        yield Finding(f"sync {sync}", "note" if waits else "ok", f"{number} {state}", remedy)


def _hours(age: timedelta) -> str:
    return f"{age.total_seconds() / 3600:.1f} h"
