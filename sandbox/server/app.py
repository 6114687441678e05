"""The ASGI application: one pipeline for every call (clock, faults, access, quotas, handler, record)."""

import asyncio
import contextlib
import inspect
import logging
from typing import Any

import orjson

from sandbox.server import access, chat, control, errors, marketing
from sandbox.server.config import SandboxConfig
from sandbox.server.core import Sandbox
from sandbox.server.crm_v1 import register as register_crm_v1
from sandbox.server.crm_v2 import register as register_crm_v2
from sandbox.server.faulting import Dropped, act_after, act_before
from sandbox.server.http import JSON, Refusal, Request, Response, html_error, reply
from sandbox.server.hubspot import register as register_hubspot
from sandbox.server.hubspot.errors import malformed as hubspot_malformed
from sandbox.server.limits import BY_RESOURCE, RULES
from sandbox.server.pipedrive import register as register_pipedrive
from sandbox.server.pipedrive.gate import refuse as refuse_pipedrive
from sandbox.server.protheus import rest as protheus
from sandbox.server.routing import Route, Router
from sandbox.server.salesforce import register as register_salesforce
from sandbox.server.times import http_date
from sandbox.world import World

log = logging.getLogger("sandbox")
TICK_SECONDS = 0.1  # how often the world moves on without requests
MAX_URL = 8192


class App:
    """Callable by any ASGI server; `sandbox` is the company behind it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.router = Router()
        marketing.register(self.router)
        register_crm_v1(self.router)
        register_crm_v2(self.router)
        register_pipedrive(self.router)
        register_salesforce(self.router)
        chat.register(self.router)
        protheus.register(self.router)
        register_hubspot(self.router)
        control.register(self.router)
        self._ticker: asyncio.Task[None] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one ASGI scope."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        path = (scope.get("raw_path") or scope["path"].encode()).split(b"?")[0].decode("latin-1")
        request = Request(scope["method"], path, scope["query_string"], scope["headers"], body)
        try:
            response = await self.answer(request)
        except Dropped:
            transport = scope.get("sandbox.transport")
            if transport is not None:
                transport.abort()
                return
            raise  # no transport in reach (a test client): the failure stands for the closed connection
        await self._send(request, response, send)

    async def _send(self, request: Request, response: Response, send: Any) -> None:
        head = [(b"date", http_date(self.sandbox.clock.now()).encode()), *response.headers]
        if response.content_type:
            head.append((b"content-type", response.content_type))
        head.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": head})
        body = b"" if request.method == "HEAD" else response.body
        await send({"type": "http.response.body", "body": body})

    async def answer(self, request: Request) -> Response:
        """The response of one request; raises `Dropped` when the connection is to be cut."""
        sandbox = self.sandbox
        route, params, exists = self.router.find(request.method, request.path)
        request.params = params
        if route is None:
            return errors.typed("RESOURCE_NOT_FOUND", "The resource could not be found.", 405 if exists else 404)
        if route.service == "control":
            return await self._call(route, request)
        sandbox.catch_up()
        fault = sandbox.faults.pick(request.method, request.path) if sandbox.faults.rules else None
        status = 0
        try:
            if fault:
                sandbox.record.faults[fault.kind] += 1
                early = await act_before(sandbox, route, request, fault)
                if early is not None:
                    status = early.status
                    return early
            response = self._gate(route, request) or await self._call(route, request)
            if fault:
                response = await act_after(fault, response)
            status = response.status
            if route.service == "salesforce":
                used, most = sandbox.limits.usage("salesforce")
                response.with_header("Sforce-Limit-Info", f"api-usage={used}/{most}")
            return response
        finally:
            sandbox.record.request(route.service, route.resource, request.method, request.path, status)

    def _gate(self, route: Route, request: Request) -> Response | None:
        if len(request.path) + len(request.raw_query) > MAX_URL:
            return errors.typed("URI_TOO_LONG", "The requested URI is too long.", 414)
        if route.service == "pipedrive":
            return refuse_pipedrive(self.sandbox, route, request)
        refused = access.refuse_access(self.sandbox, route, request)
        if refused or route.service == "oauth":
            return refused
        for name in BY_RESOURCE.get(route.resource) or self._default_rule(route):
            key = ""
            if RULES[name].per_lead:
                kind, _, value = request.params.get("identifier", "").partition(":")
                contact = self.sandbox.engine.marketing.find(kind if value else "uuid", value or kind)
                key = contact.uuid if contact else value or kind
            over = self.sandbox.limits.take(name, key)
            if over:
                self.sandbox.record.refused[over[0]] += 1
                return over[1]
        return None

    @staticmethod
    def _default_rule(route: Route) -> tuple[str, ...]:
        if route.service in ("crm_v1", "crm_v2"):
            return (route.service,)
        return (route.resource,) if route.resource in RULES else ()

    async def _call(self, route: Route, request: Request) -> Response:
        try:
            answer = route.handler(self.sandbox, request)
            return await answer if inspect.isawaitable(answer) else answer
        except Refusal as refusal:
            return refusal.response
        except orjson.JSONDecodeError:
            return _malformed(route)
        except Exception:
            log.exception("the sandbox itself failed on %s %s", request.method, request.path)
            return html_error() if route.service == "crm_v1" else _unavailable()

    # Lifespan ------------------------------------------------------------------------------------------------
    async def _lifespan(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._ticker = asyncio.create_task(self._tick())
                await self.sandbox.hooks.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.shutdown()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                self.sandbox.catch_up()
                self.sandbox.heartbeat()
            except Exception:
                log.exception("the world could not move on")

    async def shutdown(self) -> None:
        """Stop the ticker and the webhooks, release the files."""
        if self._ticker:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
        await self.sandbox.hooks.stop()
        self.sandbox.close()


def _malformed(route: Route) -> Response:
    if route.service == "hubspot":
        return hubspot_malformed()
    if route.service == "crm_v1":
        return html_error()
    if route.service == "crm_v2":
        return errors.v2_error(400, "bad_request", "The body is not valid JSON.")
    if route.service == "control":
        return reply({"error": "the body is not valid JSON"}, 400)
    return errors.typed("MALFORMED_JSON", "The request body is not valid JSON.", 400)


def _unavailable() -> Response:
    return Response(
        500, b'{"errors":{"error_type":"SERVICE_UNAVAILABLE","error_message":"Service temporarily unavailable"}}', JSON
    )


def build_app(world: World, config: SandboxConfig | None = None) -> App:
    """The sandbox of `world` as an ASGI application; state is replayed up to the clock before it returns."""
    return App(Sandbox(world, config or SandboxConfig()))
