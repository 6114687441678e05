"""The part of `bastao doctor` that asks the outside: each account's credentials, quota, plan, clock and webhooks.

It costs about a dozen calls of an account's quota. RD Station knows no scopes: a token may do what its account may.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ingestion.errors import ApiError, IngestionError
from orchestration import accounts, receiving
from orchestration.clock import ClockError, ServiceClock
from orchestration.errors import StageError
from orchestration.findings import Finding, attempt
from orchestration.runtime import Runtime

if TYPE_CHECKING:
    from ingestion.rd_station import RdStationApi

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
    if sources.pipedrive:
        yield attempt("Pipedrive", lambda: _ask_pipedrive(runtime))
    if sources.salesforce:
        yield attempt("Salesforce", lambda: _ask_salesforce(runtime))
    if sources.hubspot:
        yield attempt("HubSpot", lambda: _ask_hubspot(runtime))
    if sources.protheus:
        yield attempt("Protheus", lambda: _ask_protheus(runtime))
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
    try:
        yield attempt("RD Station CRM v1", lambda: _answered(api.v1("/users")))
        yield attempt("RD Station CRM v2", lambda: _answered(api.v2("/lost_reasons", {"page[size]": 1})))
    finally:
        api.close()
    yield from _quota(runtime, "rd_station_crm", [config.owner])


def _answered(answer: Any) -> str:
    """What a call that worked says; the service's clock beside ours."""
    served = answer.served_at
    beside = "" if served is None else f"; its clock differs by {abs((served - _now()).total_seconds()):.0f} s"
    return f"answers, and accepts the credentials{beside}"


def _ask_pipedrive(runtime: Runtime) -> str:
    from ingestion.pipedrive import PipedriveApi

    api = PipedriveApi(accounts.pipedrive_config(runtime), accounts.ports(runtime, "pipedrive"))
    try:
        answer = api.get("/v1/users/me", resource="me")
    finally:
        api.close()
    left = answer.headers.get("x-daily-ratelimit-token-remaining")
    return "answers, and accepts the credentials" + (f"; {left} tokens are left today" if left else "")


def _ask_salesforce(runtime: Runtime) -> str:
    from ingestion.salesforce import SalesforceApi

    api = SalesforceApi(accounts.salesforce_config(runtime), accounts.ports(runtime, "salesforce"))
    try:
        left, most = api.calls_left()
        return f"answers, and accepts the credentials; {left} of {most} API calls are left today"
    finally:
        api.close()


def _ask_hubspot(runtime: Runtime) -> str:
    from ingestion.errors import ApiError
    from ingestion.hubspot import HubspotApi

    api = HubspotApi(accounts.hubspot_config(runtime), accounts.ports(runtime, "hubspot"))
    try:
        api.one(api.path("pipelines", "/deals"))
        try:
            api.one(api.path("pipelines", "/leads"))
        except ApiError as error:
            if error.status not in _NOT_GIVEN:
                raise
            return f"answers, and accepts the credentials; leads cannot be read ({error.status}): deals only"
    finally:
        api.close()
    return "answers, and accepts the credentials; leads can be read"


def _ask_protheus(runtime: Runtime) -> str:
    from ingestion import protheus

    return protheus.describe(accounts.protheus_config(runtime), accounts.ports(runtime, "protheus"))


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
    words = f"this machine's clock and RD Station's differ by {abs(skew.total_seconds()):.0f} s"
    if runtime.profile.clock == "rd_station":
        yield Finding("clock", "ok", f"{words}; RD Station's counts")
    elif abs(skew) > LARGEST_SKEW:
        yield Finding("clock", "problem", words, "Set this machine's clock, or `clock: rd_station` in bastao.yaml.")
    else:
        yield Finding("clock", "ok", words)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
