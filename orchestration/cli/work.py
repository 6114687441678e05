"""Commands that do the work: demo, run, publish, deliver, up."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli import common
from orchestration.cli.common import JsonOption, ProfileOption
from orchestration.paths import PROJECT_ROOT

DEMO_PROFILE = PROJECT_ROOT / "profiles" / "demo"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (demo, run, publish, deliver, up, prepare):
        app.command()(command)
    for command in (receive, express):
        app.command(hidden=True)(command)


def demo(
    profile: ProfileOption = None,
    leads: Annotated[int, typer.Option(help="Leads in the simulated company's history.", min=50)] = 4000,
    as_json: JsonOption = False,
) -> None:
    """A simulated company, end to end: read its systems, judge every hand-over, return rejected leads, show the result.

    Needs no account. A second run does not repeat what is done.
    """
    from orchestration import demo as demonstration

    company = common.open_profile(profile, fallback=DEMO_PROFILE)
    common.begin_work(as_json)
    result = demonstration.run(company, leads)
    common.show(result.as_dict(), as_json) if as_json else result.print(common.out)


def run(
    profile: ProfileOption = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the CSV exports, for a company with the files source.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read every source of the company, build and test the models, publish, and push what is due."""
    from orchestration import execution, summary
    from orchestration.jobs import FULL_RUN

    company = common.with_data(common.open_profile(profile), data)
    common.begin_work(as_json)
    outcome = execution.run_job(company, FULL_RUN)
    common.end_work()
    found = summary.read(company)
    common.show({"run_id": outcome.run_id, **found.as_dict()}, as_json) if as_json else found.print(common.out)


def publish(profile: ProfileOption = None, as_json: JsonOption = False) -> None:
    """Write the published files anew from the warehouse; the quality gate decides whether readers get them."""
    from orchestration import stages

    company = common.open_profile(profile)
    outcome = stages.publish(company).raise_if_refused()
    if as_json:
        common.show({"snapshot_id": outcome.snapshot_id, "tables": dict(outcome.tables)}, True)
    else:
        common.out.print(f"Published snapshot {outcome.snapshot_id}: {company.paths.published_bi}")


def deliver(
    profile: ProfileOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent, refused and why, and what it costs. Writes nothing, here or outside.")
    ] = False,
    only: Annotated[str | None, typer.Option("--only", help="Only this destination, as bastao.yaml names it.")] = None,
    accept_plan: Annotated[
        bool, typer.Option("--accept-plan", help="Send also when a plan is much larger than usual: you looked at it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Push what the published plan holds and was not pushed yet: rejected leads back into nurture, each once."""
    from orchestration import delivery_words, stages, syncs

    company = common.open_profile(profile)
    known = [sync.setting for sync in syncs.configured(company)]
    if only is not None and only not in known:
        common.fail(f"{only!r} is no destination of bastao.yaml; there is {', '.join(known) or 'none'}.", common.SETTINGS)
    common.begin_work(as_json)
    if not dry_run:
        stages.confirm(company)
    reports = stages.deliver(company, dry_run or None, only, accept_plan)
    common.end_work()
    if as_json:
        common.show({name: stages.delivery_figures(report) for name, report in reports.items()}, True)
    elif not reports:
        common.out.print("No destination stands in bastao.yaml: nothing is pushed anywhere.")
    for name, report in {} if as_json else reports.items():
        common.out.print("\n".join(delivery_words.lines(name, report)), markup=False, soft_wrap=True)
    if any(report.held or report.dead for report in reports.values()):
        common.fail("Some deliveries wait for a person: bastao deliveries list", common.HELD)


def up(profile: ProfileOption = None) -> None:
    """Start Dagster (UI and daemon), the webhook receiver and the page together; Ctrl-C stops them all.

    With the demo's profile the simulated company runs as well.
    """
    from orchestration import services

    company = common.open_profile(profile, fallback=DEMO_PROFILE)
    raise typer.Exit(services.run(company, common.out))


def prepare(profile: ProfileOption = None) -> None:
    """Parse the models and set up Dagster's folder, so that `dagster -w workspace.yaml` can load this company."""
    from orchestration import dbt_runner, instance

    company = common.open_profile(profile)
    manifest, folder = dbt_runner.prepare_manifest(company), instance.prepare(company)
    common.out.print(f"manifest  {manifest}\nDagster   DAGSTER_HOME={folder}")


def receive(profile: ProfileOption = None) -> None:
    """Serve the webhook receiver alone (what `bastao up` starts)."""
    from orchestration import receiving

    receiving.serve(common.open_profile(profile, fallback=DEMO_PROFILE))


def express(profile: ProfileOption = None) -> None:
    """Return rejections as the CRM's webhooks tell of them (what `bastao up` starts). Ends on Ctrl-C."""
    from orchestration.express.lane import Lane

    lane = Lane(common.open_profile(profile, fallback=DEMO_PROFILE))
    with contextlib.suppress(KeyboardInterrupt):
        lane.serve()
    lane.close()
