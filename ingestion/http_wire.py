"""One request out, one answer in: what `ApiClient` sends through.

`DirectWire` is the hot path: `http.client` of the standard library on kept connections. One full sweep makes four
calls per contact, and httpx spends four times the processor time on each, most of it on things that are not used here
(redirects, cookies, a pool behind one lock): docs/decisions/0009. `HttpxWire` serves tests (its transports) and
machines that reach the outside through a proxy. Neither logs anything: addresses hold tokens.
"""

from __future__ import annotations

import http.client
import re
import select
import ssl
import time
import urllib.request
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx

KEEP_SECONDS = 5.0  # an idle connection older than this is not used again: the server may be closing it
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.:~@!$&'()*+,;=%-]*")


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came; `headers` by lower-case name, `content` unpacked."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Lost(Exception):
    """No answer came. `what` names the failure; `connect` means that no connection came about: nothing was sent."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Wire(Protocol):
    """Safe for several threads. ValueError: the address cannot be used. Lost: no answer came."""

    def send(
        self, method: str, path: str, params: Mapping[str, Any], headers: dict[str, str], content: bytes | None
    ) -> Raw:
        """Send one request to `path` below the base address and read the whole answer."""

    def close(self) -> None:
        """Close the connections."""


def open_wire(base_url: str, timeout: httpx.Timeout, transport: httpx.BaseTransport | None = None) -> Wire:
    """The wire for a base address (no trailing slash)."""
    if transport is not None or _behind_proxy(base_url):
        return HttpxWire(base_url, timeout, transport)
    return DirectWire(base_url, timeout)


@cache
def tls() -> ssl.SSLContext:
    """How other hosts are trusted: one for the process, reading the list of authorities takes as long as a hundred calls."""
    return httpx.create_ssl_context()


def _behind_proxy(base_url: str) -> bool:
    """Whether this machine's settings (environment, or the system's) send calls to that host through a proxy."""
    if not urllib.request.getproxies().keys() & {"http", "https", "all"}:
        return False
    try:
        return not urllib.request.proxy_bypass(httpx.URL(base_url).host)
    except (httpx.InvalidURL, OSError):
        return True  # httpx says what is wrong with it


class DirectWire:
    """Kept connections to one host, handed from thread to thread. Nothing is repeated here."""

    def __init__(self, base_url: str, timeout: httpx.Timeout) -> None:
        self._base, self._timeout = base_url, timeout
        # A deque hands over without a lock of its own; the connection that was used last is taken first.
        self._idle: deque[tuple[http.client.HTTPConnection, float]] = deque()

    def send(
        self, method: str, path: str, params: Mapping[str, Any], headers: dict[str, str], content: bytes | None
    ) -> Raw:
        """See `Wire`."""
        target = self._target(path, params)
        connection = self._kept() or self._connected()
        try:
            connection.request(method, target, content, headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Lost(type(error).__name__) from None
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None:
            self._idle.append((connection, time.monotonic()))
        found: dict[str, str] = {}
        for name, value in answer.getheaders():
            name = name.lower()
            found[name] = f"{found[name]}, {value}" if name in found else value
        return Raw(answer.status, found, _unpacked(body, found.get("content-encoding")))

    def close(self) -> None:
        """See `Wire`. A connection in use is closed by whoever uses it."""
        while self._idle:
            self._idle.pop()[0].close()

    @cached_property
    def _address(self) -> httpx.URL:
        try:
            url = httpx.URL(self._base)
        except httpx.InvalidURL as error:
            raise ValueError(str(error)) from None
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError("neither http nor https")
        return url

    @cached_property
    def _prefix(self) -> str:
        return self._address.raw_path.decode().rstrip("/")

    def _target(self, path: str, params: Mapping[str, Any]) -> str:
        if not _PLAIN_PATH.fullmatch(path):
            try:
                path = httpx.URL(path=path).raw_path.decode()
            except httpx.InvalidURL as error:
                raise ValueError(str(error)) from None
        query = f"?{urlencode(list(_pairs(params)))}" if params else ""
        return f"{self._prefix}{path}{query}"

    def _kept(self) -> http.client.HTTPConnection | None:
        while self._idle:
            try:
                connection, since = self._idle.pop()
            except IndexError:  # another thread took it
                return None
            if time.monotonic() - since <= KEEP_SECONDS and not _readable(connection):
                return connection
            connection.close()
        return None

    def _connected(self) -> http.client.HTTPConnection:
        url, waits = self._address, self._timeout
        host = url.raw_host.decode()
        connection = (
            http.client.HTTPSConnection(host, url.port, timeout=waits.connect, context=tls())
            if url.scheme == "https"
            else http.client.HTTPConnection(host, url.port, timeout=waits.connect)
        )
        try:
            connection.connect()
        except OSError:
            connection.close()
            raise Lost("connect") from None
        connection.sock.settimeout(waits.read)
        return connection


class HttpxWire:
    """The same through httpx."""

    def __init__(self, base_url: str, timeout: httpx.Timeout, transport: httpx.BaseTransport | None) -> None:
        self._base, self._extensions = base_url, {"timeout": timeout.as_dict()}
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        self._http = httpx.Client(limits=limits, transport=transport, verify=tls())

    def send(
        self, method: str, path: str, params: Mapping[str, Any], headers: dict[str, str], content: bytes | None
    ) -> Raw:
        """See `Wire`."""
        try:
            call = httpx.Request(
                method,
                self._base + path,
                params=params or None,
                headers=headers,
                content=content,
                extensions=self._extensions,
            )
            answer = self._http.send(call)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise ValueError(type(error).__name__) from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Lost("connect") from None
        except httpx.HTTPError as error:
            raise Lost(type(error).__name__) from None
        return Raw(answer.status_code, answer.headers, answer.content)

    def close(self) -> None:
        """See `Wire`."""
        self._http.close()


def _pairs(params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Query pairs as httpx prints them: lists as several, booleans in lower case, None as nothing."""
    for name, value in params.items():
        for item in value if isinstance(value, list | tuple) else (value,):
            yield name, "" if item is None else str(item).lower() if isinstance(item, bool) else str(item)


def _readable(connection: http.client.HTTPConnection) -> bool:
    """Whether an idle connection has something to say, which can only be its end."""
    if connection.sock is None:
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([connection.sock], [], [], 0)[0])
    watch = select.poll()
    watch.register(connection.sock, select.POLLIN)
    return bool(watch.poll(0))


def _unpacked(body: bytes, encoding: str | None) -> bytes:
    if encoding not in ("gzip", "x-gzip") or not body:
        return body
    try:
        return zlib.decompress(body, 16 + zlib.MAX_WBITS)
    except zlib.error:
        raise Lost("DecodingError") from None
