"""`bastao metrics`: what each figure means, who answers for it, and where it is."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from orchestration.cli import common
from orchestration.cli.common import JsonOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(metrics)


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
