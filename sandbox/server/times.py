"""Instants in and out of the imitated services: parsing, and the three printed forms."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

BRASILIA = timezone(timedelta(hours=-3))


def as_utc(value: Any) -> datetime | None:
    """`value` as aware UTC: a datetime, an ISO text (zone-less means UTC) or None."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value.astimezone(UTC)


def need_utc(value: Any) -> datetime:
    """Like `as_utc`, for a value that must be there."""
    result = as_utc(value)
    if result is None:
        raise ValueError("an instant is missing")
    return result


def brasilia(value: datetime | None) -> str | None:
    """ISO with milliseconds and -03:00, as Marketing and CRM v1 print instants (rd_station.md A10, B1)."""
    return None if value is None else value.astimezone(BRASILIA).isoformat(timespec="milliseconds")


def brasilia_seconds(value: datetime | None) -> str | None:
    """ISO without milliseconds and -03:00, as the e-mail resource prints instants (A10)."""
    return None if value is None else value.astimezone(BRASILIA).isoformat(timespec="seconds")


def zulu(value: datetime | None) -> str | None:
    """ISO with milliseconds and Z, as CRM v2, webhook subscriptions and analytics assets print instants."""
    if value is None:
        return None
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def http_date(value: datetime) -> str:
    """The `Date` header."""
    return format_datetime(value.astimezone(UTC).replace(microsecond=0), usegmt=True)


def offset_zone(text: str) -> timezone:
    """A fixed zone from `-03:00` or `+00:00`."""
    sign = -1 if text.startswith("-") else 1
    hours, minutes = text.lstrip("+-").split(":")
    return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
