"""The syncs a company may have: which plan table feeds which destination, how carefully.

A new destination is its file under ``activation/destinations``, one entry here with its settings in ``profile.py``, and a test.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from orchestration import accounts, policies
from orchestration.profile import Profile
from orchestration.runtime import Runtime

if TYPE_CHECKING:
    from activation.policy import Policy


@dataclass(frozen=True)
class Sync:
    """`setting`: its key under ``destinations`` in bastao.yaml. `table`: of the plan file. `doing`: said while it runs.

    `opens` gives the destination and, where consent matters, the look-up of consent just before each send.
    """

    name: str
    setting: str
    table: str
    doing: str
    opens: Callable[[Runtime], AbstractContextManager[tuple[Any, Any]]]
    policy: Callable[[Runtime], Policy]
    account: str | None = None
    """The source whose quota the sync draws on."""


_ALL = (
    # What became of an opportunity goes before the return: a lead leaves its mark before it enters a flow (contract C2).
    *(
        Sync(
            name,
            setting,
            f"plan_{name}",
            doing,
            partial(accounts.status_destination, setting=setting),
            policies.status_policy(setting),
            "rd_station",
        )
        for name, setting, doing in (
            ("opportunity", "rd_station_opportunity", "marking opportunities in RD Station"),
            ("sale", "rd_station_sale", "telling RD Station of sales"),
            ("loss", "rd_station_loss", "telling RD Station of losses"),
        )
    ),
    Sync(
        "nurture_return",
        "rd_station_nurture",
        "plan_nurture_return",
        "returning rejected leads to nurture",
        accounts.nurture_destination,
        policies.nurture_policy,
        "rd_station",
    ),
    Sync(
        "flow_enrolment",
        "rd_station_flow",
        "plan_flow_enrolment",
        "putting rejected leads into flows",
        accounts.flow_destination,
        policies.flow_policy,
        "rd_station",
    ),
    Sync(
        "owner_crm",
        "rd_station_crm_owner",
        "plan_owner_crm",
        "giving leads without owner to sellers",
        accounts.crm_owner_destination,
        policies.owner_policy("rd_station_crm_owner"),
        "rd_station_crm",
    ),
    Sync(
        "owner_rd",
        "rd_station_owner",
        "plan_owner_rd",
        "showing owners in RD Station",
        accounts.owner_destination,
        policies.owner_policy("rd_station_owner"),
        "rd_station",
    ),
    Sync(
        "messages_slack",
        "chat_slack",
        "plan_messages",
        "telling the Slack channel",
        partial(accounts.chat_destination, setting="chat_slack"),
        policies.telling_policy("chat_slack"),
    ),
    Sync(
        "messages_teams",
        "chat_teams",
        "plan_messages",
        "telling the Teams channel",
        partial(accounts.chat_destination, setting="chat_teams"),
        policies.telling_policy("chat_teams"),
    ),
    Sync(
        "webhook",
        "webhook",
        "plan_webhook",
        "sending signed webhooks",
        accounts.webhook_destination,
        policies.telling_policy("webhook"),
    ),
)
SYNCS = {sync.setting: sync for sync in _ALL}


def configured(profile: Profile) -> list[Sync]:
    """The syncs whose destination stands in bastao.yaml, in the order in which they are pushed."""
    return [sync for sync in _ALL if settings_of(profile, sync) is not None]


def live(profile: Profile) -> list[Sync]:
    """Those that the operator has set live."""
    return [sync for sync in configured(profile) if settings_of(profile, sync).live]


def settings_of(profile: Profile, sync: Sync) -> Any:
    """The destination's section of bastao.yaml, or None."""
    return profile.destination(sync.setting)
