"""Chat channels that take messages by an incoming webhook: Slack and Microsoft Teams (contract CRM, sections 7 and 8)."""

from sandbox.server.chat import slack, teams
from sandbox.server.routing import Router


def register(router: Router) -> None:
    """Add the routes of both services."""
    slack.register(router)
    teams.register(router)
