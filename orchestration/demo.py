"""`bastao demo`: the whole line on the simulated company, from its APIs through the funnel back into nurture.

Every step is one that a real company's runs take too. What is done is not repeated: a second demo reads what is new,
finds every returned lead in the outbox, and says so.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console

from orchestration import dbt_runner, execution, progress, sandbox_process, stages, summary
from orchestration.jobs import FULL_RUN
from orchestration.profile import Profile
from orchestration.runtime import Runtime
from orchestration.sources import SCHEMAS
from orchestration.syncs import SYNCS

SYNC = SYNCS["rd_station_nurture"].name
SECTOR_PULL = "0.13"  # so that the review of the score has something to find (sandbox/README.md)
READ_BACK = ("rd_station", "deliveries")  # where a return shows once it was made


@dataclass(frozen=True)
class DemoResult:
    """What the demo did; `returned_now` and `confirmed_now` are of this run, the totals of all runs so far."""

    summary: summary.Summary
    seconds: float
    returned_now: int
    confirmed_now: int
    returned_total: int
    confirmed_total: int
    refused: dict[str, int]
    profile: Profile

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        figures = {name: value for name, value in asdict(self).items() if name not in ("summary", "profile", "refused")}
        return {**self.summary.as_dict(), **figures, "refused": self.refused}

    def print(self, console: Console) -> None:
        """The summary, the nurture loop, and where to look next."""
        self.summary.print(console)
        console.print(
            f"\nRejected leads returned to nurture in RD Station: {self.returned_total}"
            f" (now {self.returned_now}), confirmed there: {self.confirmed_total} (now {self.confirmed_now})",
            soft_wrap=True,
        )
        for reason, number in sorted(self.refused.items()):
            console.print(f"  not returned, {reason.replace('_', ' ')}: {number}")
        if self.returned_now == 0 and self.returned_total:
            console.print("Nothing new is due: every lead of the plan was returned by an earlier run.")
        folder = self.profile.folder
        console.print(f"\nDone in {self.seconds:.0f} s. Where to look next:", markup=False)
        for what, how in (
            ("the page, Dagster, the receiver", f"bastao up --profile {folder}"),
            ("the marts, for SQL and BI", str(self.profile.paths.published_bi)),
            ("the agreement in force", f"bastao agreement show --profile {folder}"),
            ("what the score should count", f"bastao agreement review --profile {folder}"),
            ("each returned lead", f"bastao deliveries list --profile {folder}"),
        ):
            console.print(f"  {what:<32} {how}", markup=False, soft_wrap=True)


def run(profile: Profile, leads: int = 4000) -> DemoResult:
    """Run the demo on a company with that many leads. Raises the error of the stage that failed; running it again goes on from there."""
    started, display = time.monotonic(), progress.current()
    runtime = Runtime(profile)
    before = _counts(runtime)
    display.say(f"starting the simulated company ({leads:,} leads over 12 months)")
    with ThreadPoolExecutor(1) as beside, _starting(profile, leads, beside.submit(_get_ready, profile)):
        execution.run_job(profile, FULL_RUN)
        if _open(runtime):
            display.say("waiting until RD Station has recorded what was returned")
            _settle(profile)
            _read_back(profile)
    progress.use(progress.Silent())
    after = _counts(runtime)
    return DemoResult(
        summary=summary.read(profile),
        seconds=time.monotonic() - started,
        returned_now=_returned(after) - _returned(before),
        confirmed_now=after.get("confirmed", 0) - before.get("confirmed", 0),
        returned_total=_returned(after),
        confirmed_total=after.get("confirmed", 0),
        refused=_refusals(runtime),
        profile=profile,
    )


@contextlib.contextmanager
def _starting(profile: Profile, leads: int, ready: Future[None]) -> Iterator[None]:
    """The simulated company, which starts in a process of its own while this one gets ready."""
    with sandbox_process.running(profile, "--leads", str(leads), "--sector-pull", SECTOR_PULL):
        ready.result()
        yield


def _get_ready(profile: Profile) -> None:
    """What a run does first anyway: parse the models, load the heavy packages."""
    import dlt  # noqa: F401
    import great_expectations  # noqa: F401

    dbt_runner.prepare_manifest(profile)


def _settle(profile: Profile) -> None:
    """RD Station accepts now and records a little later."""
    wanted = profile.destinations.rd_station_nurture
    time.sleep(min(10.0, wanted.settle_seconds + 0.5) if wanted else 0)


def _read_back(profile: Profile) -> None:
    """The next ingestion sees the returned leads as conversions: confirm them, and publish the closed loop."""
    for source in READ_BACK:
        stages.ingest(profile, source)
    stages.transform(profile, dbt_runner.touched_by(profile, {SCHEMAS[source] for source in READ_BACK}))
    stages.publish(profile).raise_if_refused()
    stages.confirm(profile)


def _counts(runtime: Runtime) -> dict[str, int]:
    """Deliveries of the sync by state."""
    from activation.operate import count_by_state

    if not runtime.outbox.exists():
        return {}
    return {str(state): number for (sync, state), number in count_by_state(runtime.outbox).items() if sync == SYNC}


def _open(runtime: Runtime) -> int:
    """Deliveries that were sent and are not confirmed yet."""
    counts = _counts(runtime)
    return counts.get("accepted", 0) + counts.get("sending", 0)


def _returned(counts: dict[str, int]) -> int:
    return counts.get("accepted", 0) + counts.get("confirmed", 0)


def _refusals(runtime: Runtime) -> dict[str, int]:
    """Why leads of the plan are not returned, by reason, from the published plan."""
    from orchestration import plan_file

    reasons: dict[str, int] = {}
    for row in plan_file.rows(runtime.paths.published, SYNCS["rd_station_nurture"].table, "not eligible"):
        reason = str(row["refusal_reason"])
        if reason != "already_returned":
            reasons[reason] = reasons.get(reason, 0) + 1
    return reasons
