"""`bastao import`: backfill by files. Without --yes it only says what it would do."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli import common
from orchestration.cli.common import JsonOption, ProfileOption

if TYPE_CHECKING:
    from ingestion.files.imports import TablePreview


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="import")(import_)


def import_(
    file: Annotated[Path, typer.Argument(help="The exported list (CSV, .gz or Parquet); with --mapping also a folder of several.")],
    profile: ProfileOption = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="Which column is which (docs/import.md). Without it: RD Station's export of the lead base."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Load it. Without it nothing is written: only the preview is shown.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Load an exported list of leads or of a CRM, after a preview. Same keys as the API: nobody is counted twice."""
    from orchestration import importing

    company = common.open_profile(profile)
    common.begin_work(as_json)
    if not yes:
        found = importing.look(company, file, mapping)
        common.end_work()
        if as_json:
            return common.show([asdict(table) for table in found], True)
        for table in found:
            common.out.print("\n".join(_lines(table)), markup=False, soft_wrap=True)
        common.out.print("\nNothing was written. To load it, repeat the command with --yes.")
        return None
    report = importing.run(company, file, mapping)
    common.end_work()
    if as_json:
        return common.show({"rows": report.rows_by_table, "notes": report.notes, "seconds": round(report.seconds, 1)}, True)
    for note in report.notes:
        common.out.print(note, markup=False, soft_wrap=True)
    for name, rows in sorted(report.rows_by_table.items()):
        common.out.print(f"{rows:>9,}  {name}")
    common.out.print(f"Loaded in {report.seconds:.1f} s. The funnel shows it after: bastao run")
    return None


def _lines(table: TablePreview) -> list[str]:
    """One table of the preview, in words."""
    width = max([len(ours) for ours in table.mapped], default=0)
    lines = [f"{', '.join(table.files)} → {table.table}", "  maps:"]
    lines += [f"    {ours:<{width}}  ← {theirs}" for ours, theirs in table.mapped.items()]
    if table.unused:
        lines.append(f"  not used: {', '.join(table.unused)}")
    lines.append(f"  rows: {table.rows:,} ({table.new:,} new, {table.known:,} known already)")
    if table.left_out:
        lines.append(f"  left out by the mapping: {table.left_out:,}")
    if table.quarantined:
        lines.append(f"  to quarantine: {table.quarantined:,} lines, first {', '.join(table.first_lines)}")
        lines += [f"    {number:>7,} × {reason}" for reason, number in table.reasons.items()]
    return lines
