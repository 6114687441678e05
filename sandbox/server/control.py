"""The control API under /sandbox: for tests and operators, not part of any imitated service."""

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sandbox.server.chat import slack, teams
from sandbox.server.faults import KINDS, Fault
from sandbox.server.http import Request, Response, reply
from sandbox.server.protheus.tokens import USERNAME
from sandbox.server.routing import Route, Router
from sandbox.server.times import as_utc

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router) -> None:
    """Add the routes."""
    for method, path, handler in (
        ("GET", "/sandbox/health", health),
        ("GET", "/sandbox/clock", clock),
        ("POST", "/sandbox/clock", move_clock),
        ("GET", "/sandbox/faults", faults),
        ("POST", "/sandbox/faults", add_faults),
        ("DELETE", "/sandbox/faults", clear_faults),
        ("GET", "/sandbox/ledger", ledger),
        ("GET", "/sandbox/record", record),
        ("GET", "/sandbox/credentials", credentials),
        ("POST", "/sandbox/tokens/expire", expire_tokens),
        ("POST", "/sandbox/limits/reset", reset_limits),
        ("GET", "/sandbox/config", config),
        ("POST", "/sandbox/config", change_config),
        ("GET", "/sandbox/hooks", hooks),
        ("POST", "/sandbox/hooks", add_screen_hook),
        ("GET", "/sandbox/told", told),
    ):
        router.add(method, path, Route(handler, "control", path))


def health(sandbox: "Sandbox", request: Request) -> Response:
    """GET /sandbox/health: alive, the clock and what the state holds."""
    sandbox.catch_up()
    return reply({"status": "ok", "now": sandbox.now(), "seed": sandbox.world.seed, **sandbox.engine.facts()})


def clock(sandbox: "Sandbox", request: Request) -> Response:
    """GET /sandbox/clock."""
    sandbox.catch_up()
    data = {"now": sandbox.now(), "world_speed": sandbox.clock.speed, "limit_speed": sandbox.limit_clock.speed}
    data["world_start"], data["world_end"] = sandbox.world.start, sandbox.world.end
    data["last_event_at"] = sandbox.world.events[-1].at if sandbox.world.events else None
    return reply(data)


def move_clock(sandbox: "Sandbox", request: Request) -> Response:
    """POST /sandbox/clock with advance_seconds, now, world_speed, limit_speed or advance_limit_seconds."""
    body = request.json() or {}
    try:
        if "world_speed" in body:
            sandbox.clock.set_speed(float(body["world_speed"]))
        if "limit_speed" in body:
            sandbox.limit_clock.set_speed(float(body["limit_speed"]))
        if "advance_limit_seconds" in body:
            sandbox.limit_clock.advance(float(body["advance_limit_seconds"]))
        if "advance_seconds" in body:
            sandbox.clock.move_to(sandbox.now() + timedelta(seconds=float(body["advance_seconds"])))
        if body.get("now"):
            sandbox.clock.move_to(as_utc(body["now"]) or sandbox.now())
    except ValueError as error:
        return reply({"error": str(error)}, 400)
    sandbox.remember_clock()
    return clock(sandbox, request)


def faults(sandbox: "Sandbox", request: Request) -> Response:
    """GET /sandbox/faults: active rules and the kinds there are."""
    return reply({"faults": sandbox.faults.report(), "kinds": KINDS})


def add_faults(sandbox: "Sandbox", request: Request) -> Response:
    """POST /sandbox/faults with one rule, or a list; each replaces nothing."""
    body = request.json()
    try:
        rules = [Fault(**row) for row in (body if isinstance(body, list) else [body])]
    except (TypeError, ValueError) as error:
        return reply({"error": str(error)}, 400)
    for rule in rules:
        sandbox.faults.add(rule)
    return faults(sandbox, request)


def clear_faults(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE /sandbox/faults."""
    sandbox.faults.clear()
    return faults(sandbox, request)


def ledger(sandbox: "Sandbox", request: Request) -> Response:
    """GET /sandbox/ledger?since=&resource=: accepted writes, oldest first."""
    sandbox.catch_up()
    entries = sandbox.ledger.select(int(request.query("since") or 0), request.query("resource"))
    return reply({"entries": entries, "total": len(entries)})


def record(sandbox: "Sandbox", request: Request) -> Response:
    """GET /sandbox/record: requests by resource and status, refusals by rule, faults, webhook deliveries."""
    return reply({**sandbox.record.report(), "webhooks": sandbox.hooks.report()})


def credentials(sandbox: "Sandbox", request: Request) -> Response:
    """GET /sandbox/credentials: everything a client needs (invented by the sandbox, worth nothing outside)."""
    base = f"http://{request.host}"
    tokens = sandbox.tokens
    marketing, crm = tokens.clients["marketing"], tokens.clients["crm"]
    data: dict[str, Any] = {
        "marketing": {
            "base_url": base,
            "client_id": marketing.client_id,
            "client_secret": marketing.client_secret,
            "refresh_token": tokens.refresh_token_of("marketing"),
            "api_key": tokens.api_key,
        },
        "crm_v1": {
            "base_url": f"{base}/crm-v1/api/v1",
            "token": tokens.v1_token,
            "restricted_token": tokens.v1_restricted_token,
        },
        "crm_v2": {
            "base_url": f"{base}/crm/v2",
            "token_url": f"{base}/oauth2/token",
            "authorize_url": f"{base}/oauth/authorize",
            "client_id": crm.client_id,
            "client_secret": crm.client_secret,
            "refresh_token": tokens.refresh_token_of("crm"),
        },
        "pipedrive": {
            "base_url": f"{base}/pipedrive",
            "token": sandbox.pipedrive.token,
            "client_id": sandbox.pipedrive.client_id,
            "client_secret": sandbox.pipedrive.client_secret,
            "refresh_token": sandbox.pipedrive.refresh_token,
            "user_id": sandbox.pipedrive.user_id,
        },
        "salesforce": {
            "base_url": base,
            "client_id": tokens.clients["salesforce"].client_id,
            "client_secret": tokens.clients["salesforce"].client_secret,
            "refresh_token": tokens.refresh_token_of("salesforce"),
        },
        "chat": {"slack_url": f"{base}{slack.path_of(sandbox)}", "teams_url": f"{base}{teams.path_of(sandbox)}"},
        "protheus": {
            "url": sandbox.protheus.shown_url if sandbox.protheus else None,
            "rest_url": f"{base}/rest",
            "username": USERNAME,
            "password": sandbox.protheus_tokens.password,
        },
        "hubspot": {
            "base_url": f"{base}/hubspot",
            "token": tokens.hubspot_token,
            "client_id": tokens.clients["hubspot"].client_id,
            "client_secret": tokens.clients["hubspot"].client_secret,
            "refresh_token": tokens.refresh_token_of("hubspot"),
        },
    }
    return reply(data)


def expire_tokens(sandbox: "Sandbox", request: Request) -> Response:
    """POST /sandbox/tokens/expire: every access token expires at once."""
    sandbox.pipedrive.expire()
    return reply({"expired": sandbox.tokens.expire_access() + sandbox.protheus_tokens.expire()})


def reset_limits(sandbox: "Sandbox", request: Request) -> Response:
    """POST /sandbox/limits/reset: forget all counts."""
    sandbox.limits.reset()
    sandbox.pipedrive.reset()
    return reply({"reset": True})


def config(sandbox: "Sandbox", request: Request) -> Response:
    """GET /sandbox/config: every switch."""
    return reply({**asdict(sandbox.config), "protheus_url": None})


def change_config(sandbox: "Sandbox", request: Request) -> Response:
    """POST /sandbox/config {switch: value}: change switches while running (clocks and home excepted)."""
    body = request.json() or {}
    fixed = {"home", "seed", "now", "protheus_url", "world_speed", "limit_speed", "fsync", "workflow_reentry"} & set(body)
    unknown = set(body) - set(asdict(sandbox.config))
    if unknown:
        return reply({"error": f"unknown switch {', '.join(sorted(unknown))}"}, 400)
    if fixed:
        return reply({"error": f"cannot change {', '.join(sorted(fixed))} while running"}, 400)
    for name, value in body.items():
        setattr(sandbox.config, name, tuple(value) if isinstance(value, list) else value)
    sandbox.caches.clear()  # lists are kept as printed
    return config(sandbox, request)


def hooks(sandbox: "Sandbox", request: Request) -> Response:
    """GET /sandbox/hooks: subscriptions of all services, with deliveries and failures."""
    return reply({"hooks": sandbox.hooks.describe(), **sandbox.hooks.report()})


def told(sandbox: "Sandbox", request: Request) -> Response:
    """GET /sandbox/told: what each webhook delivery told of (record, key, at, identifier), and what became of it: accepted,
    lost, given_up."""
    return reply({"told": sandbox.hooks.told.report()})


def add_screen_hook(sandbox: "Sandbox", request: Request) -> Response:
    """POST /sandbox/hooks {url, event_type}: a Marketing hook made on screen (legacy body, unseen by the API).

    {service: "hubspot", url, subscriptions}: what HubSpot's app sends where; subscriptions such as `deal.creation`,
    `deal.propertyChange dealstage`, `object.creation 0-136`; none: everything.
    """
    body = request.json() or {}
    if not body.get("url"):
        return reply({"error": "give url, and event_type (WEBHOOK.CONVERTED or WEBHOOK.MARKED_OPPORTUNITY)"}, 400)
    service = "hubspot" if body.pop("service", "") == "hubspot" else "screen"
    return reply(sandbox.hooks.add(service, {"event_type": "WEBHOOK.CONVERTED" if service == "screen" else "*", **body}), 201)
