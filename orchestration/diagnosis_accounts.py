"""The part of `bastao doctor` that asks the outside: each account's credentials, quota, plan, clock and webhooks.

It costs about a dozen calls of an account's quota. RD Station knows no scopes: a token may do what its account may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from ingestion.account_look import AccountLook, not_given
from ingestion.errors import ApiError, IngestionError
from ingestion.own_fields import Fields, last_seen
from orchestration import accounts, receiving
from orchestration.clock import ClockError, ServiceClock
from orchestration.errors import StageError
from orchestration.findings import Finding, attempt
from orchestration.runtime import Runtime

if TYPE_CHECKING:
    from ingestion.rd_station import RdStationApi
    from ingestion.rd_station_crm import CrmApi

Seen = Mapping[str, Mapping[str, str]]

LARGEST_SKEW = timedelta(seconds=30)
LITTLE_LEFT = 0.1  # of a cap
_NOT_GIVEN = (403, 404)  # rd_station.md A1: a plan that lacks a resource answers 403 ACCOUNT_REQUIREMENT_MISSING


def examine(runtime: Runtime) -> Iterator[Finding]:
    """Every configured account. Raises nothing: what cannot be asked is a finding."""
    sources = runtime.profile.sources
    if sources.rd_station:
        yield from _rd_station(runtime)
    if sources.rd_station_crm:
        yield from _rd_station_crm(runtime)
    yield from crm_accounts(runtime)
    if sources.protheus:
        yield from _protheus(runtime)
    yield from _hooks(runtime)
    yield from clock(runtime)


def _rd_station(runtime: Runtime) -> Iterator[Finding]:
    with accounts.rd_station_api(runtime) as api:
        first = attempt("RD Station", lambda: _ask_rd_station(api))
        yield first
        if first.status == "ok":
            yield _plan(runtime, api)
    yield from _quota(runtime, "rd_station", [accounts.rd_station_config(runtime).owner])


def _ask_rd_station(api: RdStationApi) -> str:
    answer = api.request("GET", "/marketing/account_info", resource="account_info")
    if answer.status != 200:
        raise ConnectionError(f"answers {answer.status}")
    return "answers, and accepts the credentials (it knows no scopes: the token may do what its account may)"


def _plan(runtime: Runtime, api: RdStationApi) -> Finding:
    """Which listings this account's plan refuses, by asking for the first page of each."""
    from ingestion.rd_station.settings import ASSETS, STAGE_SEGMENTS

    lacking = []
    asked: dict[str, Any] = {kind.replace("_", " ") + "s": (lambda kind=kind: api.assets(kind, 1)) for kind in ASSETS}
    asked |= {f"segmentation {one}": (lambda one=one: api.segment_page(one, 1)) for one in STAGE_SEGMENTS}
    asked["contact fields"] = api.fields
    for name, ask in asked.items():
        try:
            ask()
        except ApiError as error:
            if error.status not in _NOT_GIVEN:
                return Finding("RD Station plan", "problem", str(error), "Try again; the service had a fault.")
            lacking.append(name)
    plan = getattr(runtime.profile.sources.rd_station, "plan", "")
    if lacking:
        words = f"this account does not give: {', '.join(lacking)}; what needs them stays empty"
        return Finding("RD Station plan", "note", words, f"bastao.yaml says plan: {plan}.")
    return Finding("RD Station plan", "ok", f"everything that is read is given (bastao.yaml says plan: {plan})")


def _hooks(runtime: Runtime) -> Iterator[Finding]:
    """Which events each system delivers to our address. Without them the next readings find all, only later."""
    from orchestration import webhooks

    base = receiving.address_of(runtime.profile)
    with webhooks.services(runtime) as services:
        for service in services:
            what = f"{service.system} hooks"
            try:
                known = webhooks.look(service, base)
            except (StageError, IngestionError) as error:
                yield Finding(what, "problem", str(error), "Try again; the service had a fault.")
                continue
            missing = [one.event for one in known if one.standing != "registered"]
            words = f"not delivered to our address: {', '.join(missing)}; these changes wait for the next reading"
            if missing:
                yield Finding(what, "note", words, "bastao webhooks shows and registers them.")
            else:
                yield Finding(what, "ok", f"all {len(known)} kinds of event are delivered to our address")


def _rd_station_crm(runtime: Runtime) -> Iterator[Finding]:
    from ingestion.rd_station_crm import CrmApi

    config = accounts.rd_station_crm_config(runtime)
    api = CrmApi(config, accounts.ports(runtime, "rd_station_crm"))
    served: list[datetime] = []

    def ask(answer: Any) -> str:
        if answer.served_at is not None:
            served.append(answer.served_at)
        return "answers, and accepts the credentials"

    try:
        first = attempt("RD Station CRM v1", lambda: ask(api.v1("/users")))
        second = attempt("RD Station CRM v2", lambda: ask(api.v2("/lost_reasons", {"page[size]": 1})))
        yield from (first, second)
        if first.status == second.status == "ok":
            yield _crm_plan(api)
    finally:
        api.close()
    for at in served[:1]:
        yield _skew(runtime, "RD Station CRM clock", "RD Station CRM", at - _now())
    yield from _quota(runtime, "rd_station_crm", [config.owner])


def _crm_plan(api: CrmApi) -> Finding:
    """Which lists of this CRM the plan refuses, by asking for the first row of each (B2, B3)."""
    one = {"page[size]": 1}
    names = ("deals", "contacts", "organizations", "tasks", "teams", "segments", "custom_fields", "webhooks")
    try:
        lacking = not_given({name.replace("_", " "): partial(api.v2, f"/{name}", one) for name in names})
    except IngestionError as error:
        return Finding("RD Station CRM plan", "problem", str(error), "Try again; the service had a fault.")
    if lacking:
        words = f"this account does not give: {', '.join(lacking)}; what needs them stays empty"
        return Finding("RD Station CRM plan", "note", words)
    return Finding("RD Station CRM plan", "ok", "everything that is read is given")


def crm_accounts(runtime: Runtime) -> Iterator[Finding]:
    """The company's CRM, where it is not RD Station's: credentials, scopes and plan, calls left, clock."""
    from ingestion import hubspot, pipedrive, salesforce
    from ingestion.hubspot.check import look as look_hubspot
    from ingestion.pipedrive.check import look as look_pipedrive
    from ingestion.salesforce.check import look as look_salesforce

    sources = runtime.profile.sources
    if sources.pipedrive:
        account = accounts.pipedrive_config(runtime)
        api = pipedrive.PipedriveApi(account, accounts.ports(runtime, "pipedrive"))
        seen = partial(last_seen, runtime.paths.dlt, pipedrive.PIPELINE, "pipedrive")
        yield from _looked(runtime, "Pipedrive", api, lambda: look_pipedrive(api, account), seen)
    if sources.salesforce:
        config = accounts.salesforce_config(runtime)
        org = salesforce.SalesforceApi(config, accounts.ports(runtime, "salesforce"))
        yield from _looked(runtime, "Salesforce", org, lambda: look_salesforce(org, config))
    if sources.hubspot:
        portal = accounts.hubspot_config(runtime)
        hub = hubspot.HubspotApi(portal, accounts.ports(runtime, "hubspot"))
        seen = partial(last_seen, runtime.paths.dlt, hubspot.PIPELINE, "hubspot")
        yield from _looked(runtime, "HubSpot", hub, lambda: look_hubspot(hub, portal), seen)


def _looked(
    runtime: Runtime, name: str, api: Any, look: Callable[[], AccountLook], seen: Callable[[], Seen] = dict
) -> Iterator[Finding]:
    """`seen`: the fields by kind of record as the last load saw them."""
    found: list[AccountLook] = []

    def ask() -> str:
        found.append(look())
        return "answers, and accepts the credentials"

    try:
        yield attempt(name, ask)
    finally:
        api.close()
    for one in found:
        if one.lacking:
            words = f"scopes or plan do not give: {', '.join(one.lacking)}; what needs them stays empty"
            yield Finding(f"{name} plan", "note", words, "Add the scopes to the token or app, if the plan has them.")
        else:
            yield Finding(f"{name} plan", "ok", "everything that is read is given, by the scopes and by the plan")
        yield _left(name, one)
        if one.fields:
            yield _fields(name, one.fields, seen())
        if one.served_at is not None:
            yield _skew(runtime, f"{name} clock", name, one.served_at - _now())


def _fields(name: str, fields: Sequence[Fields], seen: Seen) -> Finding:
    """What the next load will say of the account's own fields: it stops at one that was there and is lost or of another type."""
    wrong, missing = [], []
    for one in fields:
        before = seen.get(one.record, {})
        wrong += [f"{one.record}: {change}" for change in one.changed(before)]
        missing += [f"{one.record}: {field}" for field in one.missing(before)]
    if wrong:
        words = f"fields that are read are not what they were ({'; '.join(wrong)}): the next load stops"
        return Finding(f"{name} fields", "problem", words, fields[0].remedy)
    if missing:
        words = f"this account has no such field: {'; '.join(missing)}; what it would tell stays empty"
        return Finding(f"{name} fields", "note", words, f"{fields[0].setting} in bastao.yaml names them.")
    return Finding(f"{name} fields", "ok", f"every field that {fields[0].setting} names is there, and of the type it had")


def _left(name: str, look: AccountLook) -> Finding:
    if look.left is None:
        return Finding(f"{name} quota", "ok", "the account does not tell what is left; runs stop and go on by what it refuses")
    tight = look.most is not None and look.left < LITTLE_LEFT * look.most
    of_most = f" of {look.most:,}" if look.most else ""
    remedy = "Runs end when it is used up, and go on where they stopped." if tight else ""
    return Finding(f"{name} quota", "note" if tight else "ok", f"{look.left:,}{of_most} {look.unit} are left today", remedy)


def _protheus(runtime: Runtime) -> Iterator[Finding]:
    """By SQL the clock is the database's, which S_T_A_M_P_ is taken from; by REST the server's."""
    from ingestion import protheus

    served: list[datetime] = []

    def ask() -> str:
        words, served_at = protheus.describe(accounts.protheus_config(runtime), accounts.ports(runtime, "protheus"))
        served.extend([served_at] if served_at else [])
        return words

    yield attempt("Protheus", ask)
    for at in served:
        yield _skew(runtime, "Protheus clock", "Protheus", at - _now())


def _quota(runtime: Runtime, source: str, owners: list[str]) -> Iterator[Finding]:
    limiter = runtime.limiter(source)
    for owner in owners:
        left = limiter.left(owner)
        tight = {name: pair for name, pair in left.items() if pair[0] < LITTLE_LEFT * pair[1].count}
        used = {name: pair for name, pair in left.items() if pair[0] < pair[1].count}
        shown = ", ".join(
            f"{name} {free:,} of {limit.count:,} per {_span(limit.seconds)}" for name, (free, limit) in (tight or used).items()
        )
        words = f"left: {shown}" if shown else "nothing used in the present windows"
        remedy = "Runs wait by themselves, or go on at the next run." if tight else ""
        yield Finding(f"{source} quota", "note" if tight else "ok", words, remedy)


def _span(seconds: float) -> str:
    return {60.0: "minute", 3600.0: "hour", 86400.0: "day"}.get(seconds, f"{seconds:.0f} s")


def clock(runtime: Runtime) -> Iterator[Finding]:
    """This machine's clock beside RD Station's."""
    source = runtime.profile.sources.rd_station
    if source is None:
        return
    try:
        skew = ServiceClock(source.base_url).now() - datetime.now(UTC)
    except ClockError as error:
        yield Finding("clock", "problem", str(error))
        return
    yield _skew(runtime, "clock", "RD Station", skew)


def _skew(runtime: Runtime, what: str, name: str, skew: timedelta) -> Finding:
    words = f"this machine's clock and {name}'s differ by {abs(skew.total_seconds()):.0f} s"
    if runtime.profile.clock == "rd_station":
        return Finding(what, "ok", f"{words}; RD Station's counts")
    if abs(skew) > LARGEST_SKEW:
        return Finding(what, "problem", words, "Set this machine's clock, or `clock: rd_station` in bastao.yaml.")
    return Finding(what, "ok", words)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
