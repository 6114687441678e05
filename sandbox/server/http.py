"""The small request and response of the sandbox: raw ASGI in, bytes out, JSON by orjson."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

JSON = b"application/json; charset=utf-8"
HTML = b"text/html; charset=utf-8"
ERROR_PAGE = (
    b"<!DOCTYPE html>\n<html>\n<head>\n  <title>We're sorry, but something went wrong (500)</title>\n</head>\n"
    b"<body>\n  <div class=\"dialog\">\n    <h1>We're sorry, but something went wrong.</h1>\n"
    b"  </div>\n</body>\n</html>\n"
)


@dataclass(slots=True)
class Response:
    """Status, body and extra headers; `outcome` is a word for the ledger."""

    status: int = 200
    body: bytes = b""
    content_type: bytes | None = JSON
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    def with_header(self, name: str, value: object) -> "Response":
        """Add one header and return self."""
        self.headers.append((name.lower().encode(), str(value).encode("latin-1")))
        return self


class Refusal(Exception):
    """Raised inside handlers to answer at once with an error response."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def reply(data: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(status, orjson.dumps(data))


def empty(status: int = 204) -> Response:
    """An answer without a body."""
    return Response(status, b"", None)


def html_error() -> Response:
    """The HTML page that CRM v1 answers on failures (rd_station.md B1, errors)."""
    return Response(500, ERROR_PAGE, HTML)


class Request:
    """One HTTP request. `params` are the path's variables; `pairs` the decoded query in order."""

    __slots__ = ("_json", "_query", "body", "headers", "host", "method", "params", "path", "raw_query", "token", "user_id")

    def __init__(self, method: str, path: str, raw_query: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.method, self.path, self.raw_query, self.body = method, path, raw_query, body
        self.headers = {name: value for name, value in headers}
        self.host = self.headers.get(b"host", b"127.0.0.1").decode("latin-1")
        self.params: Mapping[str, str] = {}
        self.token: str | None = None
        self.user_id: str | None = None  # CRM v1: the user the token belongs to
        self._query: list[tuple[str, str]] | None = None
        self._json: Any = ...

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Query pairs, blanks kept."""
        if self._query is None:
            self._query = parse_qsl(self.raw_query.decode("latin-1"), keep_blank_values=True) if self.raw_query else []
        return self._query

    def query(self, name: str, default: str | None = None) -> str | None:
        """The last value of a query parameter."""
        for key, value in reversed(self.pairs):
            if key == name:
                return value
        return default

    def query_all(self, name: str) -> list[str]:
        """Every value of a query parameter, `name[]` included; comma lists are not split."""
        return [value for key, value in self.pairs if key in (name, name + "[]")]

    def header(self, name: str) -> str:
        """A header's text, or empty."""
        return self.headers.get(name.lower().encode(), b"").decode("latin-1")

    def json(self) -> Any:
        """The JSON body; None when empty. Raises orjson.JSONDecodeError when it is not JSON."""
        if self._json is ...:
            self._json = orjson.loads(self.body) if self.body.strip() else None
        return self._json

    def form_or_json(self) -> dict[str, Any]:
        """Body of a token call: form-encoded or JSON, both are accepted (rd_station.md A1)."""
        if self.header("content-type").startswith("application/x-www-form-urlencoded"):
            return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        try:
            data = self.json()
        except orjson.JSONDecodeError:
            return {}
        return data if isinstance(data, dict) else {}
