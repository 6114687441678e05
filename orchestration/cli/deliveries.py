"""Commands for people who look after deliveries: list, show, retry, cancel."""

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


@app.command("list")
def list_(
    profile: ProfileOption = None,
    state: Annotated[str | None, typer.Option(help="Only this state: pending, held, dead, confirmed, …")] = None,
    limit: Annotated[int, typer.Option(help="How many rows at most.", min=1)] = 50,
    as_json: JsonOption = False,
) -> None:
    """List deliveries, the last changed first."""
    from activation.operate import list_deliveries
    from activation.states import State

    if state and state not in set(State):
        common.fail(f"There is no state {state!r}; use one of {', '.join(State)}.", common.SETTINGS)
    outbox = _outbox(profile)
    rows = list_deliveries(outbox, state=State(state) if state else None, limit=limit) if outbox.exists() else []
    shown = [{column: row.get(column) for column in COLUMNS} for row in rows]
    common.show(shown, True) if as_json else common.table(shown, "Nothing was planned yet.")


@app.command()
def show(delivery_id: DeliveryId, profile: ProfileOption = None) -> None:
    """Print one delivery with all its attempts, as JSON."""
    from activation import operate

    common.show(operate.show(_outbox(profile), delivery_id), True)


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


def _outbox(profile: Any) -> Any:
    from orchestration.runtime import Runtime

    return Runtime(common.open_profile(profile)).outbox
