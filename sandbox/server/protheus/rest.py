"""Protheus's REST server, served under `/rest`: the token and `genericQuery` (protheus.md 3.2 to 3.4).

The SQL text of `where` and `FromQry` runs on the company's own database, on a connection that cannot write. Where the
contract leaves a doubt, the other reading is one switch away (`SandboxConfig.protheus_rest_*`).
"""

import re
from typing import TYPE_CHECKING

import orjson

from sandbox.server.http import Refusal, Request, Response, reply
from sandbox.server.protheus.answers import shown
from sandbox.server.protheus.tokens import check, token
from sandbox.server.routing import Route, Router

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

BASE = "/rest"
CONTROL = ("R_E_C_N_O_", "D_E_L_E_T_", "R_E_C_D_E_L_", "S_T_A_M_P_", "I_N_S_D_T_")
STAMPS = ("S_T_A_M_P_", "I_N_S_D_T_")
_NAME = re.compile(r"([A-Za-z0-9_]+\.)?[A-Za-z0-9_]+")


def register(router: Router) -> None:
    """Add the routes."""
    router.add("POST", f"{BASE}/api/oauth2/v1/token", Route(token, "protheus", "token", open=True))
    router.add("GET", f"{BASE}/api/framework/v1/genericQuery", Route(generic_query, "protheus", "genericQuery", open=True))


def error(status: int, message: str) -> Refusal:
    """The error body of TOTVS APIs; older transactions write it with capital initials."""
    return Refusal(reply({"code": str(status), "message": message, "detailedMessage": ""}, status))


def generic_query(sandbox: "Sandbox", request: Request) -> Response:
    """GET genericQuery: tables, fields, where, FromQry, FilialFilter, DeletedFilter, order, page, pageSize."""
    config, database = sandbox.config, sandbox.protheus
    if database is None or not config.protheus_rest_security:
        raise error(404, "genericQuery needs SECURITY=1")
    check(sandbox, request)
    branch = _tenant(request)
    tables = [name.strip().upper() for name in (request.query("tables") or "").split(",") if name.strip()]
    if not tables:
        raise error(400, "tables is required")
    source, conditions = _from(sandbox, tables, request), []
    for alias in tables:
        physical = database.physical(alias)
        if physical is None:
            continue
        if _switch(request, "DeletedFilter"):
            conditions.append(f"{alias}.D_E_L_E_T_ = ' '")
        branch_column = database.branch_column(alias)
        if branch_column and _switch(request, "FilialFilter"):
            conditions.append(f"{alias}.{branch_column} = '{database.branch_text(alias, branch)}'")
    where = request.query("where") or ""
    if ";" in where or "--" in where:
        raise error(400, "where is not valid")
    conditions += [f"({where})"] if where.strip() else []
    fields = _fields(sandbox, tables, request)
    page, size = _whole(request, "page", 1), _whole(request, "pageSize", config.protheus_rest_page_default)
    size = min(size, config.protheus_rest_page_max)
    sql = f"SELECT {', '.join(fields)} FROM {source}"
    sql += f" WHERE {' AND '.join(conditions)}" if conditions else ""
    sql += _order(sandbox, request, tables[0]) + f" LIMIT {size + 1} OFFSET {(page - 1) * size}"
    try:
        rows = database.read(sql)
    except ValueError:
        raise error(config.protheus_rest_error_status, "the query failed") from None
    columns = [name.rpartition(".")[2].upper() for name in fields]
    items = [shown(config, database.kinds(tables), columns, row) for row in rows[:size]]
    body = orjson.dumps({"items": items, "hasNext": len(rows) > size})
    if config.protheus_rest_encoding != "utf-8":
        body = body.decode().encode(config.protheus_rest_encoding, "replace")
    return Response(200, body)


def _tenant(request: Request) -> str:
    """The branch of the header `tenantId: <group>,<branch>`; the first branch without the header."""
    value = request.header("tenantid")
    if not value:
        return "01"
    found = re.fullmatch(r"([^, ]+),([^,]+)", value)
    if not found or found[2].startswith(" "):
        raise error(400, "tenantId is <group>,<branch>, without a blank")
    return found[2]


def _from(sandbox: "Sandbox", tables: list[str], request: Request) -> str:
    database, config = sandbox.protheus, sandbox.config
    assert database is not None
    text = request.query("FromQry")
    if text:
        if ";" in text or (tables == ["SM0"] and not config.protheus_rest_companies):
            raise error(config.protheus_rest_error_status, "FromQry is not valid")
        return text
    parts = []
    for alias in tables:
        physical = database.physical(alias)
        if physical is None or (alias in ("SX2", "SX3") and not config.protheus_rest_dictionary):
            raise error(config.protheus_rest_error_status, f"table {alias} not found")
        parts.append(f"{physical} {alias}")
    return ", ".join(parts)


def _fields(sandbox: "Sandbox", tables: list[str], request: Request) -> list[str]:
    """The columns asked for; all of the dictionary without `fields`. Control columns by the switch."""
    config, database = sandbox.config, sandbox.protheus
    assert database is not None
    text = request.query("fields")
    names = [name.strip() for name in (text or "").split(",") if name.strip()] or list(database.kinds(tables))
    for name in names:
        if not _NAME.fullmatch(name):
            raise error(400, "fields is not valid")
        column = name.rpartition(".")[2].upper()
        hidden = CONTROL if config.protheus_rest_control_columns == "none" else STAMPS
        if config.protheus_rest_control_columns != "all" and column in hidden:
            raise error(config.protheus_rest_error_status, f"field {column} not found")
    return names


def _order(sandbox: "Sandbox", request: Request, alias: str) -> str:
    text = request.query("order")
    if not text or not sandbox.config.protheus_rest_order:
        # Without an order the database gives what it likes: here the newest first, so that nobody gets used to luck.
        return " ORDER BY R_E_C_N_O_ DESC"
    parts = []
    for name in text.split(","):
        column = name.strip().lstrip("-")
        if not _NAME.fullmatch(column):
            raise error(400, "order is not valid")
        parts.append(f"{column}{' DESC' if name.strip().startswith('-') else ''}")
    return " ORDER BY " + ", ".join(parts)


def _switch(request: Request, name: str) -> bool:
    """A parameter that is true unless told otherwise."""
    return (request.query(name) or "true").lower() != "false"


def _whole(request: Request, name: str, default: int) -> int:
    try:
        return max(1, int(request.query(name) or default))
    except ValueError:
        raise error(400, f"{name} is not a number") from None


