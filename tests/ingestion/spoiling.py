"""A transport that passes calls on to the simulated service and spoils what it answers on some paths."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import httpx
import orjson

Spoil = Callable[[Any], bytes]
KEPT = ("date", "pagination-total-rows", "pagination-total-pages")


class Spoiling(httpx.BaseTransport):
    """Spoils the first answer to a GET whose path matches `path`, or all of them."""

    def __init__(self, path: str, spoil: Spoil, always: bool) -> None:
        self._path, self._spoil, self._left = re.compile(path), spoil, 10**6 if always else 1
        self._inner, self._lock = httpx.HTTPTransport(), threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        if request.method != "GET" or not self._path.search(request.url.path):
            return answer
        content = answer.read()
        with self._lock:
            taken, self._left = self._left > 0, self._left - 1
        headers = {name: value for name, value in answer.headers.items() if name in KEPT}
        return httpx.Response(answer.status_code, headers=headers, content=self._spoil(orjson.loads(content)) if taken else content)


def changed(change: Callable[[Any], Any]) -> Spoil:
    """Changes the body in place."""

    def spoil(body: Any) -> bytes:
        change(body)
        return orjson.dumps(body)

    return spoil


def first(name: str, change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """Changes the first record of the list under `name`."""
    return changed(lambda body: change(body[name][0]))


def same_again(kept: list[bytes], **more: Any) -> Spoil:
    """The first answer, whatever is asked, with `more` in it."""

    def spoil(body: Any) -> bytes:
        kept.append(orjson.dumps({**body, **more}))
        return kept[0]

    return spoil


def cut_short(body: Any) -> bytes:
    return orjson.dumps(body)[:-40]


def page_of_html(_body: Any) -> bytes:
    return b"<!DOCTYPE html><html>login</html>"


def other_encoding(body: Any) -> bytes:
    return orjson.dumps(body).decode().replace("a", "ã").encode("latin-1", "replace")
