"""Bodies and forms of Salesforce: errors as arrays, instants with an offset without colon, 18-character ids."""

from datetime import date, datetime
from hashlib import md5
from typing import Any

from sandbox.server.http import Refusal, Response, reply

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
PREFIXES = {
    "Lead": "00Q", "Contact": "003", "Account": "001", "Opportunity": "006", "User": "005", "Group": "00G",
    "Task": "00T", "Event": "00U", "UserRole": "00E", "RecordType": "012", "Campaign": "701", "LeadStatus": "01J",
    "OpportunityStage": "01J", "LeadHistory": "017", "OpportunityFieldHistory": "017", "OpportunityHistory": "008",
    "OpportunityContactRole": "00K",
}  # fmt: skip


def sf_id(kind: str, *parts: object) -> str:
    """The id of a record: the kind's prefix, 12 characters from `parts`, and the checksum of the letters' case."""
    number = int.from_bytes(
        md5("|".join(map(str, (kind, *parts))).encode(), usedforsecurity=False).digest()[:9], "big"
    )
    body = ""
    for _ in range(12):
        number, digit = divmod(number, 62)
        body += DIGITS[digit]
    return checked(PREFIXES[kind] + body)


def checked(short: str) -> str:
    """15 characters with their three check characters: one bit for each capital letter."""
    return short + "".join(
        CHECK[
            sum(
                1 << n for n, letter in enumerate(short[at : at + 5]) if letter.isascii() and letter.isupper()
            )
        ]
        for at in (0, 5, 10)
    )


def shown(value: Any) -> Any:
    """A field's value as JSON prints it."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return value.isoformat() if isinstance(value, date) else value


def error(status: int, code: str, message: str, fields: list[str] | None = None) -> Response:
    """`[{message, errorCode}]`."""
    row: dict[str, Any] = {"message": message, "errorCode": code}
    return reply([{**row, "fields": fields} if fields else row], status)


def refuse(status: int, code: str, message: str) -> Refusal:
    """The same, as an exception."""
    return Refusal(error(status, code, message))
