"""Commands about people who must never hear from the company again."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from orchestration.cli import common
from orchestration.cli.common import JsonOption, ProfileOption
from orchestration.cli.groups import Group

app = typer.Typer(cls=Group, help="People who must never hear from the company again.", no_args_is_help=True)
Address = Annotated[
    str, typer.Argument(help="The e-mail address; - reads one a line from standard input, which leaves no trace in the shell's history.")
]


@app.command()
def add(
    address: Address, reason: Annotated[str, typer.Option(help="Why, for those who look later.")], profile: ProfileOption = None
) -> None:
    """Never send anything to this address again. Only a keyed hash of it is kept."""
    from orchestration.runtime import Runtime

    runtime = Runtime(common.open_profile(profile))
    now = runtime.now_or_system()
    added = sum(_each(address, lambda one: runtime.suppressions.add(one, reason, now)))
    common.out.print(f"{added} added; nothing is sent to them any more.")


@app.command()
def remove(address: Address, profile: ProfileOption = None) -> None:
    """Take an address off the list."""
    from orchestration.runtime import Runtime

    suppressions = Runtime(common.open_profile(profile)).suppressions
    common.out.print(f"{sum(_each(address, suppressions.remove))} removed.")


@app.command()
def check(address: Address, profile: ProfileOption = None) -> None:
    """Say whether an address is on the list. Exit code 0 when it is, 1 when it is not."""
    from orchestration.runtime import Runtime

    suppressions = Runtime(common.open_profile(profile)).suppressions
    if not all(_each(address, suppressions.has)):
        common.fail("Not on the list.", common.FAILED)
    common.out.print("On the list.")


@app.command("list")
def list_(profile: ProfileOption = None, as_json: JsonOption = False) -> None:
    """List the entries: a mark, the reason and since when. Addresses are not kept, so none can be shown."""
    from orchestration.runtime import Runtime

    entries = Runtime(common.open_profile(profile)).suppressions.entries()
    common.show(entries, True) if as_json else common.table(entries, "Nobody is suppressed.")


def _each(address: str, act: Any) -> list[bool]:
    """Do it for one address, or for each line of standard input. A line that is none is named by its number alone."""
    lines = [address] if address != "-" else [line.strip() for line in sys.stdin if line.strip()]
    done = []
    for number, line in enumerate(lines, start=1):
        try:
            done.append(act(line))
        except ValueError as error:
            common.fail(f"Line {number} {error}; the lines before it are done.", common.SETTINGS)
    return done
