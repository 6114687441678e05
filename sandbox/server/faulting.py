"""How a fault strikes a call: before anything is done, or after it was carried out."""

import asyncio
from typing import TYPE_CHECKING

from sandbox.server import access, errors
from sandbox.server.faults import Fault
from sandbox.server.http import ERROR_PAGE, HTML, Request, Response, html_error
from sandbox.server.routing import Route

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


class Dropped(Exception):
    """The connection is to be closed without an answer."""


async def act_before(sandbox: "Sandbox", route: Route, request: Request, fault: Fault) -> Response | None:
    """The answer a fault gives instead of the handler, or None when the handler is to run."""
    kind = fault.kind
    if kind.startswith("429_"):
        sandbox.record.refused[f"fault:{kind}"] += 1
        return sandbox.limits.answer(kind[4:], key=request.params.get("identifier", ""))
    if kind == "403_plan":
        return errors.typed("ACCOUNT_REQUIREMENT_MISSING", "The account's plan does not include this resource.", 403)
    if kind == "500_json":
        return unavailable()
    if kind == "500_html":
        return html_error()
    if kind == "html_200":
        return Response(200, ERROR_PAGE, HTML)
    if kind == "expire_token":
        header = request.header("authorization")
        if header.lower().startswith("bearer "):
            sandbox.tokens.expire_access(header[7:].strip())
            return access.expired(sandbox, route)
        return None
    if kind == "drop_before":
        raise Dropped
    if kind == "timeout_before":
        await asyncio.sleep(fault.seconds)
        raise Dropped
    if kind == "slow":
        await asyncio.sleep(fault.seconds)
        sandbox.catch_up()
    return None


async def act_after(fault: Fault, response: Response) -> Response:
    """What becomes of the handler's answer."""
    if fault.kind == "drop_after":
        raise Dropped
    if fault.kind == "timeout_after":
        await asyncio.sleep(fault.seconds)
        raise Dropped
    if fault.kind == "500_after":
        return unavailable()
    return response


def unavailable() -> Response:
    """500 of Marketing."""
    return errors.typed("SERVICE_UNAVAILABLE", "Service temporarily unavailable", 500)
