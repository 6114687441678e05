"""Groups of commands: their list shows whole sentences, and known failures become sentences too."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

from orchestration.cli.common import errors_as_sentences


class Group(TyperGroup):
    """Lists each command with the first sentence of its help, wrapped; the library would cut it."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the `Commands:` part of a help page."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        shown = [(name, command) for name, command in found if command and not command.hidden]
        rows = [(name, first_sentence(command.help or "")) for name, command in shown]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


class Commands(Group):
    """The outermost group: every command runs inside `errors_as_sentences`."""

    def invoke(self, ctx: Any) -> object:
        """Run the chosen command."""
        with errors_as_sentences():
            return super().invoke(ctx)


def first_sentence(text: str) -> str:
    """The first sentence of a help text, on one line: `Do this. And that.` → `Do this.`"""
    line = " ".join(text.split("\n\n")[0].split())
    head, stop, _ = line.partition(". ")
    return head + "." if stop else line
