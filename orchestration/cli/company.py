"""Commands about the company folder itself: init and doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli import common
from orchestration.cli.common import JsonOption, ProfileOption


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(init)
    app.command()(doctor)


def init(
    folder: Annotated[Path, typer.Argument(help="The new company folder; nothing in it is overwritten.")],
    name: Annotated[str | None, typer.Option(help="The company's name; default: the folder's.")] = None,
) -> None:
    """Make a company folder to fill in: bastao.yaml, an agreement, the mappings."""
    from contract.template import create

    for path in create(folder, name):
        common.out.print(f"wrote {path}", soft_wrap=True)
    common.out.print(f"Next: read {folder}/bastao.yaml, set the secrets it names, then: bastao doctor --profile {folder}")


def doctor(profile: ProfileOption = None, as_json: JsonOption = False) -> None:
    """Check what a run needs: secrets, access to the systems, quotas, clocks, freshness, and who holds the warehouse."""
    from orchestration import diagnosis

    company = common.open_profile(profile)
    findings = diagnosis.examine(company)
    if as_json:
        common.show([finding.as_dict() for finding in findings], True)
    else:
        for finding in findings:
            common.out.print(str(finding), markup=False, soft_wrap=True)
    if any(finding.status == "problem" for finding in findings):
        raise typer.Exit(common.SETTINGS)
