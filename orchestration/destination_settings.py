"""The sections of bastao.yaml under `destinations`: where Bastão writes to, how much and how carefully."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from orchestration.setting_types import CustomField, EnvName, Section


class Destination(Section):
    """What every destination has: whether it is live, and how much and how old it may push."""

    live: bool = Field(False, description="false shows what would be sent, true sends")
    max_per_run: int = Field(200, ge=1)
    max_per_day: int = Field(1000, ge=1)
    max_age_days: float = Field(30, gt=0)
    on_uncertain: Literal["resend", "hold"] = "hold"


class RdStationNurture(Destination):
    """Returning rejected leads to nurture flows."""

    max_age_days: int = Field(30, ge=1)
    settle_seconds: float = Field(300, ge=0, description="absence counts only after this")
    on_uncertain: Literal["resend", "hold"] = "resend"


class RdStationFlow(Destination):
    """Putting rejected leads into the flow that the agreement names beside the reason (`flow`)."""

    max_age_days: int = Field(30, ge=1)
    fields: dict[CustomField, Literal["reason_code", "reason_title", "closed_on"]] = Field(
        default_factory=dict, description="what the contact's fields (cf_…) are filled with before the enrolment"
    )


class RdStationOpportunity(Destination):
    """Marking contacts as opportunity. Not where RD Station's own integration does it."""

    settle_seconds: float = Field(300, ge=0, description="absence counts only after this")
    on_uncertain: Literal["resend", "hold"] = "resend"


class RdStationSale(Destination):
    """Telling RD Station of sales with the invoiced value. Not where RD Station's own integration does it."""

    invoice_wait_days: int = Field(30, ge=0, description="so long a won deal waits for its invoice")
    without_invoice: Literal["wait", "crm_amount"] = Field("wait", description="what happens afterwards")
    max_age_days: float = Field(120, gt=0, description="counted from the win: longer than the wait for the invoice")
    on_uncertain: Literal["hold"] = "hold"


class RdStationLoss(Destination):
    """Taking the opportunity mark off lost leads, with the reason. Not where RD Station's own integration does it."""

    on_uncertain: Literal["hold"] = "hold"


class RdStationOwner(Destination):
    """Showing the owner of a lead on its contact in RD Station Marketing."""

    settle_seconds: float = Field(60, ge=0, description="absence counts only after this")
    on_uncertain: Literal["resend", "hold"] = "resend"


class RdStationCrmOwner(Destination):
    """Giving leads without owner to sellers in RD Station CRM, where the agreement's routing has mode: assign."""

    settle_seconds: float = Field(60, ge=0, description="absence counts only after this")
    max_age_days: float = Field(7, gt=0, description="older leads are left to people")
    on_uncertain: Literal["resend", "hold"] = "resend"


AlertKind = Literal["hot_waiting", "about_to_breach", "breach", "win", "delivery_degraded"]


class Chat(Destination):
    """Alerts in a channel, by an incoming webhook whose address is a secret. Nothing is told twice."""

    url_env: EnvName
    kinds: tuple[AlertKind, ...] = ("hot_waiting", "about_to_breach", "breach", "win", "delivery_degraded")
    quiet_outside_hours: bool = Field(True, description="no message outside the agreement's working hours")
    max_age_days: float = Field(1, gt=0, description="older news are not told any more")
    max_per_run: int = Field(40, ge=1)


class SlackChat(Chat):
    """A Slack channel."""

    url_env: EnvName = "BASTAO_SLACK_WEBHOOK"


class TeamsChat(Chat):
    """A Teams channel, by a Workflows webhook."""

    url_env: EnvName = "BASTAO_TEAMS_WEBHOOK"


class Webhook(Destination):
    """Every state that a hand-over reaches, as a signed webhook to a receiver of the company's own."""

    url_env: EnvName = "BASTAO_WEBHOOK_URL"
    secret_env: EnvName = "BASTAO_WEBHOOK_SECRET"
    on_uncertain: Literal["resend", "hold"] = "resend"


class Destinations(Section):
    """Where Bastão writes to."""

    rd_station_opportunity: RdStationOpportunity | None = None
    rd_station_sale: RdStationSale | None = None
    rd_station_loss: RdStationLoss | None = None
    rd_station_nurture: RdStationNurture | None = None
    rd_station_flow: RdStationFlow | None = None
    rd_station_crm_owner: RdStationCrmOwner | None = None
    rd_station_owner: RdStationOwner | None = None
    chat_slack: SlackChat | None = None
    chat_teams: TeamsChat | None = None
    webhook: Webhook | None = None
