"""The domain of a company, from the web address that its CRM record holds."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

# Nearly all of them: what `urlsplit` would find nothing else in.
_PLAIN = re.compile(r"(?:https?://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)/?")


def web_domain(url: Any) -> str | None:
    """The host of a web address as people type it, without `www.`."""
    address = str(url or "").strip()
    if not address or " " in address:
        return None
    if plain := _PLAIN.fullmatch(address):
        return plain[1].removeprefix("www.")
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host and "." in host else None
