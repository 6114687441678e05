"""Routes: a tree of path segments with literal and variable children."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from sandbox.server.http import Request, Response

Handler = Callable[[Any, Request], Response | Awaitable[Response]]


@dataclass(slots=True, frozen=True)
class Route:
    """A handler, the service it belongs to, and the name of the resource that limits and records use."""

    handler: Handler
    service: str  # marketing | crm_v1 | crm_v2 | oauth | control
    resource: str
    open: bool = False  # True: no access token needed


@dataclass(slots=True)
class _Node:
    literal: dict[str, "_Node"] = field(default_factory=dict)
    variable: tuple[str, "_Node"] | None = None
    methods: dict[str, Route] = field(default_factory=dict)


class Router:
    """Finds the route of a method and path; literal segments win over variables."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, method: str, path: str, route: Route) -> None:
        """Register `route`; `{name}` segments are variables."""
        node = self._root
        for part in path.strip("/").split("/"):
            if part.startswith("{"):
                if node.variable is None:
                    node.variable = (part[1:-1], _Node())
                node = node.variable[1]
            else:
                node = node.literal.setdefault(part, _Node())
        node.methods[method] = route

    def find(self, method: str, raw_path: str) -> tuple[Route | None, dict[str, str], bool]:
        """(route, variables, whether the path exists with other methods). A trailing slash is tolerated."""
        node, params = self._root, {}
        for part in raw_path.strip("/").split("/"):
            child = node.literal.get(part)
            if child is not None:
                node = child
            elif node.variable is not None:
                params[node.variable[0]] = unquote(part) if "%" in part else part
                node = node.variable[1]
            else:
                return None, {}, False
        return node.methods.get(method), params, bool(node.methods)
