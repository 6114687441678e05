"""Commands about the agreement between marketing and sales: check, show, diff, schema, review, restate."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli import common
from orchestration.cli.common import JsonOption, ProfileOption
from orchestration.cli.groups import Group

app = typer.Typer(cls=Group, help="The written agreement between marketing and sales.", no_args_is_help=True)


class Form(StrEnum):
    """How the document is written."""

    markdown = "markdown"
    html = "html"


class Locale(StrEnum):
    """Languages of the document."""

    pt = "pt-BR"
    en = "en"


LocaleOption = Annotated[
    Locale | None, typer.Option("--locale", help="Language; default: the company's.", show_default=False)
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Write it to this file instead of printing it.", show_default=False)
]


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
    form: Annotated[
        Form | None, typer.Option("--format", help="Default: html when --out names an .html file, else markdown.")
    ] = None,
    locale: LocaleOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print one version of the agreement as the document that both areas sign, in the company's language.

    The HTML file fetches nothing and prints on A4: open it in a browser and print it, or save it as PDF.
    """
    from contract.document import render_html, render_markdown
    from orchestration import agreements

    company = common.open_profile(profile)
    everything = agreements.read(company)
    found = agreements.pick(company, everything, version)
    if as_json:
        common.show({"version": found.version, "hash": found.agreement_hash, **found.content}, True)
        return
    page = form is Form.html or (form is None and out is not None and out.suffix in (".html", ".htm"))
    render = render_html if page else render_markdown
    _hand_out(render(everything, found.version, company.company, locale.value if locale else company.locale), out)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="The earlier version.")],
    new: Annotated[str, typer.Argument(help="The later version.")],
    profile: ProfileOption = None,
    locale: LocaleOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say in words what changed from one version to another. Nothing is printed when both say the same."""
    from contract.diff import differences
    from orchestration import agreements

    company = common.open_profile(profile)
    found = agreements.read(company)
    before, after = (agreements.pick(company, found, name) for name in (old, new))
    changes = differences(before, after, locale.value if locale else company.locale)
    if as_json:
        common.show(changes, True)
    else:
        for change in changes:
            common.out.print(change, markup=False, soft_wrap=True)


@app.command()
def schema(out: OutOption = None) -> None:
    """Print the JSON Schema of the agreement's files, so that editors complete and check while a person writes.

    Editors with yaml-language-server (VS Code: the extension YAML) read it from the first line of a file:
    `# yaml-language-server: $schema=agreement.schema.json`
    """
    from contract.schema import json_schema

    _hand_out(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n", out)


@app.command()
def review(
    profile: ProfileOption = None, locale: LocaleOption = None, out: OutOption = None, as_json: JsonOption = False
) -> None:
    """Hold the score's points against what really became SQL, and propose others as a diff. Changes nothing.

    --out writes the diff to a file; without it the diff follows the review.
    """
    from dataclasses import asdict

    from orchestration.score_reviews import review_score

    company = common.open_profile(profile)
    try:
        found = review_score(company, locale.value if locale else None)
    except FileNotFoundError as error:
        common.fail(str(error), common.STAGE)
    if as_json:
        rules = [{"rule": r.rule.id, "points": r.rule.points, **asdict(r.counts), "verdict": r.verdict, "lift": r.lift,
                  "lift_low": r.lift_low, "lift_high": r.lift_high, "proposed": r.proposed} for r in found.readings]  # fmt: skip
        common.show({"version": found.version, "rules": rules, "diff": found.diff}, True)
        return
    for text in found.lines:
        common.out.print(text, markup=False, soft_wrap=True)
    if found.diff:
        _hand_out(found.diff, out)


@app.command()
def restate(
    version: Annotated[str, typer.Argument(help="The version whose changed text is to judge the past.")],
    reason: Annotated[str, typer.Option("--reason", help="Why the past is judged anew. No names of leads.")],
    by: Annotated[str, typer.Option("--by", help="Who answers for it.")],
    profile: ProfileOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Judge the past anew by the changed text of a version in force, or by a new version that starts in the past.

    Says what changes and how many verdicts it touches. The next `bastao run` judges them; the ledger keeps both judgements.
    """
    from orchestration import agreements
    from orchestration.runtime import Runtime

    company = common.open_profile(profile)
    with Runtime(company) as runtime:
        found = agreements.restate(runtime, agreements.read(company), version)
        touched = agreements.judged_again(runtime, found)
        if not dry_run:
            agreements.accept(runtime, found, reason, by)
    if as_json:
        old_hash = found.before.agreement_hash if found.before else None
        hashes = {"old_hash": old_hash, "new_hash": found.after.agreement_hash}
        common.show({"version": version, **hashes, "changes": found.changes, "verdicts": touched}, True)
        return
    for change in found.changes:
        common.out.print(change, markup=False, soft_wrap=True)
    common.out.print(f"Verdicts of the last publish that are judged again: {touched}.")
    done = "Nothing was changed (--dry-run)." if dry_run else "Recorded. Next: bastao run"
    common.out.print(f"{done} Each verdict that changes keeps its old judgement in fct_sla_restatements.", soft_wrap=True)


def _hand_out(text: str, out: Path | None) -> None:
    """Print a text as it is, or write it to a file."""
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        common.fail(f"{out} cannot be written ({error.strerror}). Choose another --out.", common.SETTINGS)
    common.out.print(f"wrote {out}", markup=False, soft_wrap=True)
