"""`bastao webhooks`: where the outside systems deliver, and registering that with them."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from orchestration.cli import common
from orchestration.cli.common import JsonOption, ProfileOption


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(webhooks)


def webhooks(
    profile: ProfileOption = None,
    live: Annotated[bool, typer.Option("--live", help="Register what is missing, and wake what was suspended.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the address that each system delivers its webhooks to, and which it knows. Nothing is changed without --live.

    The addresses hold the receiver's secret: show them to nobody. With --live the receiver must be up (bastao up), because
    RD Station calls it before it agrees. HubSpot's webhooks are set in the app that sends them.
    """
    from orchestration import receiving, services
    from orchestration import webhooks as hooks
    from orchestration.runtime import Runtime

    company = common.open_profile(profile)
    simulated = services.is_simulated(company)
    if live and not simulated and not (company.receiver.public_url or "").startswith("https://"):
        common.fail(
            "receiver.public_url in bastao.yaml must be the https:// address by which the outside reaches the receiver "
            f"(your proxy hands it on to 127.0.0.1:{company.ports.receiver}).",
            common.SETTINGS,
        )
    base = receiving.local_address(company) if simulated else receiving.address_of(company)
    with Runtime(company) as runtime, hooks.services(runtime) as found:
        new = sum(hooks.register(service, hooks.look(service, base)) for service in found) if live else 0
        rows = [one for service in found for one in hooks.look(service, base)] + hooks.by_hand(runtime, base)
    if as_json:
        common.show({"new": new, "webhooks": [row.as_dict() for row in rows]}, True)
        return
    shown = [{name: value for name, value in row.as_dict().items() if name != "url"} for row in rows]
    common.table(shown, "This company has no system that sends webhooks.")
    for system in dict.fromkeys(row.system for row in rows):
        url = next(row.url for row in rows if row.system == system)
        common.out.print(f"{system:<15} {url}", markup=False, soft_wrap=True)
    counts = Counter(row.standing for row in rows)
    if counts["by hand"]:
        common.out.print("HubSpot: set its address and these subscriptions in the app that sends (Webhooks, in the app's settings).")
    if live:
        common.out.print(f"{new} registered now.")
    elif counts["missing"] or counts["asleep"]:
        common.out.print(f"{counts['missing']} missing, {counts['asleep']} suspended: bastao webhooks --live registers them.")
