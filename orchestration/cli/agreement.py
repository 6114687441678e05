"""Commands about the agreement between marketing and sales: check, show, diff."""

from __future__ import annotations

import difflib
from typing import Annotated

import typer

from orchestration.cli import common
from orchestration.cli.common import JsonOption, ProfileOption

app = typer.Typer(help="The written agreement between marketing and sales.", no_args_is_help=True)


@app.command()
def check(profile: ProfileOption = None, as_json: JsonOption = False) -> None:
    """Read the agreement and say what is wrong with it, line by line; refuses a changed text of a version in force."""
    from orchestration import agreements
    from orchestration.runtime import Runtime

    company = common.open_profile(profile)
    found = agreements.read(company)
    runtime = Runtime(company)
    agreements.refuse_changes(runtime, found, runtime.now_or_system())
    versions = [
        {"version": item.version, "effective_from": item.effective_from.isoformat(), "hash": item.agreement_hash}
        for item in found.versions
    ]
    if as_json:
        common.show({"versions": versions}, True)
    else:
        for row in versions:
            common.out.print(f"{row['version']}  from {row['effective_from']}  {row['hash'][:12]}")
        common.out.print("The agreement is in order.")


@app.command()
def show(
    version: Annotated[str | None, typer.Argument(help="A version's name; default: the one in force.")] = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print one version of the agreement with everything that was signed."""
    from orchestration import agreements

    company = common.open_profile(profile)
    found = agreements.pick(company, agreements.read(company), version)
    if as_json:
        common.show({"version": found.version, "hash": found.agreement_hash, **found.content}, True)
    else:
        common.out.print(agreements.as_text(found), markup=False, soft_wrap=True)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="The earlier version.")],
    new: Annotated[str, typer.Argument(help="The later version.")],
    profile: ProfileOption = None,
) -> None:
    """Show what changed from one version to another. Nothing is printed when both say the same."""
    from orchestration import agreements

    company = common.open_profile(profile)
    found = agreements.read(company)
    before, after = (agreements.as_text(agreements.pick(company, found, name)).splitlines() for name in (old, new))
    for line in difflib.unified_diff(before, after, old, new, lineterm="", n=1):
        common.out.print(line, markup=False, soft_wrap=True)


