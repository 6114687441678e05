"""Identifiers of things that come into being while the sandbox runs, and of sub-rows. Same input, same id."""

from hashlib import md5
from uuid import UUID


def uuid_of(*parts: object) -> str:
    """A version-4-looking UUID text from `parts`."""
    return str(UUID(bytes=md5("|".join(map(str, parts)).encode(), usedforsecurity=False).digest(), version=4))


def hex24(*parts: object) -> str:
    """24 hexadecimal digits from `parts`, the form of CRM ids (rd_station.md B1)."""
    return md5("|".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()[:24]


def number_of(*parts: object, low: int = 1, high: int = 10**6) -> int:
    """An integer in [low, high) from `parts`."""
    digest = md5("|".join(map(str, parts)).encode(), usedforsecurity=False).digest()
    return low + int.from_bytes(digest[:8], "big") % (high - low)
