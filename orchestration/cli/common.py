"""What every command shares: the profile option, the two output forms, and errors as sentences with exit codes."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from contract.problems import ConfigurationError
from orchestration import progress, settings
from orchestration.lock import LockHeld
from orchestration.profile import Profile

EXIT_CODES = """Exit codes: 0 done · 1 unexpected error · 2 wrong usage, settings or agreement · 3 the warehouse is in use ·
4 the quality gate refused to publish · 5 a source, dbt or a destination failed · 6 deliveries wait for a person"""
FAILED, SETTINGS, BUSY, REFUSED, STAGE, HELD = 1, 2, 3, 4, 5, 6

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

ProfileOption = Annotated[
    Path | None,
    typer.Option(
        "--profile",
        help="The company folder (holds bastao.yaml). Default: BASTAO_PROFILE, else the working folder.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document for a machine to read.")]


def open_profile(folder: Path | None, fallback: Path | None = None) -> Profile:
    """The profile of a command: the option, else BASTAO_PROFILE, else `fallback`, else the working folder."""
    settings.quiet_tools()
    chosen = folder or settings.default_profile_folder() or fallback or Path.cwd()
    return settings.load_profile(chosen)


def with_data(profile: Profile, folder: Path | None) -> Profile:
    """The profile with the folder of its CSV exports, when the command names one."""
    if folder is None:
        return profile
    if profile.sources.files is None:
        fail(f"{profile.name} has no `files` source in bastao.yaml, so --data has nothing to read.", SETTINGS)
    assert profile.sources.files is not None
    files = profile.sources.files.model_copy(update={"folder": str(folder.expanduser().resolve())})
    return profile.model_copy(update={"sources": profile.sources.model_copy(update={"files": files})})


def begin_work(as_json: bool) -> None:
    """Show progress from now on: on a terminal, or as lines. With --json too: it goes to standard error."""
    progress.use(progress.for_terminal(err) if not as_json else progress.PlainLines())


def end_work() -> None:
    """Take the progress display away, before results are printed."""
    progress.use(progress.Silent())


def show(data: Any, as_json: bool) -> None:
    """Print a result as JSON on standard output. Commands print their own tables otherwise."""
    if as_json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")


def table(rows: list[dict[str, Any]], empty: str) -> None:
    """Print rows as a plain table, or the sentence `empty` when there are none."""
    if not rows:
        out.print(empty)
        return
    shown = Table(box=None, pad_edge=False)
    for name in rows[0]:
        shown.add_column(name, no_wrap=name.endswith("_id"))
    for row in rows:
        shown.add_row(*("" if value is None else str(value)[:40] for value in row.values()))
    out.print(shown)


@contextlib.contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Known failures become a message on standard error and an exit code; others keep their traceback."""
    try:
        yield
    except ConfigurationError as error:
        fail(str(error), SETTINGS)
    except LockHeld as error:
        fail(str(error), BUSY)
    except Exception as error:
        code = _stage_exit_code(error)
        if code is None:
            raise
        fail(str(error), code)


def fail(message: str, code: int) -> None:
    """Say what went wrong and leave."""
    err.print(message, style="red", markup=False, soft_wrap=True)
    raise typer.Exit(code)


def _stage_exit_code(error: Exception) -> int | None:
    """Exit code of an error by its class name: the rooms' errors are not imported just to show help."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"GateError", "GateRefused"}:
        return REFUSED
    if names & {"DbtError", "IngestionError", "StageError", "ClockError"}:
        return STAGE
    return SETTINGS if "ActivationError" in names else None
