"""`bastao forget`: the right of a person to be erased, as one command."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from orchestration.cli import common
from orchestration.cli.common import JsonOption, ProfileOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(forget)


def forget(
    who: Annotated[
        str | None,
        typer.Argument(
            help="The person's e-mail address or person_id; - reads one a line from standard input, which leaves no trace in the "
            "shell's history. Without it: go on with what an interrupted run left.",
            show_default=False,
        ),
    ] = None,
    profile: ProfileOption = None,
    reason: Annotated[str, typer.Option(help="Why, for those who look later; no personal data.")] = "asked by the person",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be erased, where and how much. Writes nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    log: Annotated[bool, typer.Option("--log", help="List the erasures of before: when, why, how many records.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Erase a person everywhere, and keep them from coming back. Passages and sums stay, nobody can be found in them."""
    from orchestration import forget as erasing
    from orchestration.runtime import Runtime

    company = common.open_profile(profile)
    if log:
        entries = Runtime(company).erasures.entries()
        return common.show(entries, True) if as_json else common.table(entries, "Nobody was forgotten.")
    if who == "-" and not (yes or dry_run):
        common.fail("With the list on standard input there is nobody to ask: add --yes, or --dry-run to look first.", common.SETTINGS)
    common.begin_work(as_json)
    given = [] if who is None else [who] if who != "-" else [line.strip() for line in sys.stdin if line.strip()]
    found = erasing.look(company, given)
    common.end_work()
    _tell(found, as_json)
    if dry_run:
        return None
    if found.people:
        if not yes:
            typer.confirm("Erase this for good?", abort=True, err=True)
        common.begin_work(as_json)
        erasing.forget(company, found, reason)
        done = True
    else:
        common.begin_work(as_json)
        done = erasing.finish(company)
    common.end_work()
    if not as_json:
        common.out.print("Forgotten." if done else "Nothing was left to do.")
    return None


def _tell(found: Any, as_json: bool) -> None:
    """What was found, in counts."""
    figures = found.as_dict()
    if as_json:
        return common.show(figures, True)
    if found.people:
        common.out.print(f"{figures['people']} people; addresses that will be suppressed: {figures['addresses_suppressed']}")
        common.table([{"system": system, "records": number} for system, number in figures["records"].items()], "")
        common.table([{"table": table, "rows to erase": number} for table, number in figures["rows"].items()], "")
    for lines, words in ((found.already, "already forgotten"), (found.unknown, "nobody is known by it")):
        if lines:
            common.out.print(f"Line {', '.join(map(str, lines))}: {words}.")
    return None
