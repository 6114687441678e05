"""Commands that only read: what happened to a lead, and what each figure means."""

from __future__ import annotations

import sys
from datetime import UTC
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from orchestration.cli import common
from orchestration.cli.common import JsonOption, ProfileOption


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(lead)
    app.command()(metrics)


def lead(
    who: Annotated[str, typer.Argument(help="A deal of the CRM, or the beginning of a person_id or handoff_id of the marts.")],
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what happened to a lead, fact by fact, from the first conversion to the last payment, as published."""
    from orchestration import story

    company = common.open_profile(profile)
    try:
        facts = story.of(company, who)
    except FileNotFoundError as error:
        common.fail(str(error), common.STAGE)
    if as_json:
        common.show(facts, True)
        return
    zone = ZoneInfo(company.time_zone)
    for fact in facts:
        at = fact["happened_at"]
        when = f"{at.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}" if at else f"{fact['happened_date']}"
        money = f"  {company.currency} {fact['amount']:,.2f}" if fact["amount"] is not None else ""
        about = f"{fact['kind']:<15} {fact['detail'] or '–'}{money}"
        common.out.print(f"{when:<17} {about:<62} {fact['source_system']}", markup=False, soft_wrap=True)


def metrics(
    name: Annotated[str | None, typer.Argument(help="One metric; default: all.", show_default=False)] = None,
    english: Annotated[bool, typer.Option("--en", help="In English; default: Portuguese.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="As a Markdown table.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what each figure means: formula, grain, who answers for it, caveat, and the mart that holds it."""
    from contract.metrics import AREAS, as_markdown, catalogue

    known = catalogue()
    language: Literal["pt", "en"] = "en" if english else "pt"
    if name is not None and name not in known:
        common.fail(f"There is no metric {name!r}; known: {', '.join(known)}.", common.SETTINGS)
    shown = [known[name]] if name else list(known.values())
    if as_json:
        common.show([metric.model_dump() for metric in shown], True)
    elif markdown:
        sys.stdout.write(as_markdown(language))
    else:
        for metric in shown:
            common.out.print(f"{metric.name}  {metric.title.of(language)}", style="bold", markup=False)
            for line in (metric.formula, metric.caveat):
                common.out.print(f"  {line.of(language)}", markup=False)
            common.out.print(f"  {AREAS[metric.area][english]} · {metric.grain.of(language)} · {metric.place}", markup=False)
