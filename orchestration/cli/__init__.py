"""The command line. Commands import what they need when they run, so that `bastao --help` answers at once."""

from __future__ import annotations

import typer

from orchestration.cli import (
    agreement,
    company,
    deliveries,
    forget,
    importing,
    reading,
    suppress,
    webhooks,
    work,
)
from orchestration.cli.common import EXIT_CODES
from orchestration.cli.groups import Commands

app = typer.Typer(
    cls=Commands,
    help="The hand-over of leads from marketing to sales: one agreement, one funnel, every verdict with its evidence.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
company.register(app)
work.register(app)
importing.register(app)
forget.register(app)
webhooks.register(app)
reading.register(app)
app.add_typer(agreement.app, name="agreement")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(suppress.app, name="suppress")


def main() -> None:
    """Entry point of the `bastao` command."""
    app()
