"""Commands for people who look after deliveries: look, settle, replay, pause, stop."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from orchestration.cli import common
from orchestration.cli.common import JsonOption, ProfileOption
from orchestration.cli.groups import Group

app = typer.Typer(
    cls=Group,
    help="What was pushed to the outside systems, and what waits for a person.",
    no_args_is_help=True,
)
COLUMNS = ("delivery_id", "sync", "state", "attempts", "planned_at", "delivered_at", "confirmed_at", "reason")
DeliveryId = Annotated[str, typer.Argument(help="The delivery's id, as `bastao deliveries list` shows it.")]

SyncName = Annotated[str, typer.Argument(help="The sync, as `bastao deliveries list` shows it.")]
Reason = Annotated[str, typer.Option(help="Why, for those who look later.")]


@app.command("list")
def list_(
    profile: ProfileOption = None,
    state: Annotated[str | None, typer.Option(help="Only this state: pending, held, dead, confirmed, …")] = None,
    sync: Annotated[str | None, typer.Option(help="Only this sync.")] = None,
    about: Annotated[str | None, typer.Option(help="Only this hand-over or opportunity: why was it not returned?")] = None,
    limit: Annotated[int, typer.Option(help="How many rows at most.", min=1)] = 50,
    as_json: JsonOption = False,
) -> None:
    """List deliveries, the last changed first."""
    from activation.operate import list_deliveries
    from activation.states import State

    if state and state not in set(State):
        common.fail(f"There is no state {state!r}; use one of {', '.join(State)}.", common.SETTINGS)
    outbox = _outbox(profile)
    rows = list_deliveries(outbox, sync, State(state) if state else None, limit, about) if outbox.exists() else []
    shown = [{column: row.get(column) for column in COLUMNS} for row in rows]
    common.show(shown, True) if as_json else common.table(shown, "Nothing was planned yet.")


@app.command()
def show(delivery_id: DeliveryId, profile: ProfileOption = None) -> None:
    """Print one delivery with all its attempts and why it is where it is, as JSON."""
    from activation import operate
    from orchestration.delivery_words import why

    found = operate.show(_outbox(profile), delivery_id)
    common.show({**found, "why": why(found["reason"])}, True)


@app.command()
def retry(
    delivery_id: DeliveryId,
    profile: ProfileOption = None,
    resend_uncertain: Annotated[
        bool, typer.Option("--resend-uncertain", help="Also a held one: the destination may have it already.")
    ] = False,
) -> None:
    """Send a failed, dead or held delivery again at the next run."""
    from activation import operate

    operate.retry(_outbox(profile), delivery_id, resend_uncertain)
    common.out.print(f"{delivery_id} will be sent by the next `bastao deliver`.")


@app.command()
def cancel(delivery_id: DeliveryId, profile: ProfileOption = None) -> None:
    """Never send this delivery (again)."""
    from activation import operate

    operate.cancel(_outbox(profile), delivery_id)
    common.out.print(f"{delivery_id} is cancelled.")


@app.command()
def received(delivery_id: DeliveryId, profile: ProfileOption = None) -> None:
    """Say that you saw a held delivery at the destination. It counts as accepted and is not sent again."""
    from activation import operate
    from orchestration.runtime import Runtime

    runtime = Runtime(common.open_profile(profile))
    operate.mark_received(runtime.outbox, delivery_id, runtime.now_or_system())
    common.out.print(f"{delivery_id} is accepted.")


@app.command()
def replay(
    sync: SyncName,
    profile: ProfileOption = None,
    reason: Annotated[str | None, typer.Option(help="Only those with this reason, as the list shows it.")] = None,
) -> None:
    """Put the dead letters of a sync back into the line. What a person cancelled stays dead."""
    from activation import operate

    number = operate.replay(_outbox(profile), sync, reason)
    common.out.print(f"{number} deliveries of {sync} will be sent by the next `bastao deliver`.")


@app.command()
def pause(sync: SyncName, profile: ProfileOption = None, reason: Reason = "paused by hand") -> None:
    """Stop one sync at once, in every process. Nothing of it is sent until you resume it."""
    _set_paused(profile, sync, reason)
    common.out.print(f"{sync} is paused. Go on with: bastao deliveries resume {sync}")


@app.command()
def resume(sync: SyncName, profile: ProfileOption = None) -> None:
    """Let a paused sync go on."""
    _set_paused(profile, sync, None)
    common.out.print(f"{sync} goes on.")


@app.command()
def stop(profile: ProfileOption = None) -> None:
    """The kill switch: stop every push of this company at once, also of runs under way."""
    path = _stop_file(profile)
    path.touch()
    common.out.print(f"Nothing is pushed any more ({path} exists). Go on with: bastao deliveries start")


@app.command()
def start(profile: ProfileOption = None) -> None:
    """Take the kill switch back."""
    _stop_file(profile).unlink(missing_ok=True)
    common.out.print("Pushing goes on with the next run.")


def _stop_file(profile: Any) -> Any:
    from orchestration.policies import stop_file

    return stop_file(common.open_profile(profile).paths.create().home)


def _set_paused(profile: Any, sync: str, reason: str | None) -> None:
    from activation import operate
    from orchestration.runtime import Runtime
    from orchestration.syncs import SYNCS

    company = common.open_profile(profile)
    known = sorted(one.name for one in SYNCS.values())
    if sync not in known:
        common.fail(f"There is no sync {sync!r}; use one of {', '.join(known)}.", common.SETTINGS)
    runtime = Runtime(company)
    if reason is None:
        operate.resume(runtime.outbox, sync, runtime.now_or_system())
    else:
        operate.pause(runtime.outbox, sync, reason, runtime.now_or_system())


def _outbox(profile: Any) -> Any:
    from orchestration.runtime import Runtime

    return Runtime(common.open_profile(profile)).outbox
