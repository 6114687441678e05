"""What Marketing refuses in a contact write (rd_station.md A2, A10)."""

import re
from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Response
from sandbox.server.state.reference import STANDARD_FIELDS

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
LINKEDIN = re.compile(r"^[A-Za-z0-9._-]*$")
READ_ONLY = {"uuid", "available_for_mailing", "links", "created_at", "updated_at"}
BASE_TYPES = {
    "consent", "legitimate_interest", "pre_existent_contract", "judicial_process", "vital_interest", "public_interest",
}  # fmt: skip


def check_contact(sandbox: "Sandbox", body: Any, identifier: str | None) -> Response | None:
    """The refusal of a POST or PATCH body, or None. `identifier`: the attribute that the path names."""
    if not isinstance(body, dict):
        return errors.typed("INVALID_FIELDS", "The payload must be an object.", 400)
    if identifier and identifier in body:
        text = "The payload contains an attribute that was used to identify the lead"
        return errors.typed("CONFLICTING_FIELD", text, 400)
    read_only = [key for key in body if key in READ_ONLY]
    if read_only:
        text = f"Payload contains fields that cannot be modified: ({', '.join(read_only)})"
        return errors.typed("INVALID_FIELDS", text, 400)
    known = sandbox.engine.reference.known_contact_fields() | {"tags", "extra_emails", "legal_bases", "phone"}
    unknown = [key for key in body if key not in known]
    if unknown:
        text = f"Payload contains fields that do not exist: ({', '.join(unknown)})"
        return errors.typed("INVALID_FIELDS", text, 400)
    return _values(body) or check_tags(body.get("tags")) or check_bases(body.get("legal_bases"))


def _values(body: dict[str, Any]) -> Response | None:
    wrong_type = {
        key: [("MUST_BE_STRING", f"{key.replace('_', ' ').capitalize()} must be string.")]
        for key in STANDARD_FIELDS
        if body.get(key) is not None and not isinstance(body[key], str)
    }
    if wrong_type:
        return errors.by_field(wrong_type, 422)
    wrong: dict[str, list[tuple[str, str]]] = {}
    for key in ("email", "name"):
        if key in body and not (body[key] or "").strip():
            wrong[key] = [("CANNOT_BE_BLANK", "Can not be blank")]
    if body.get("email") and not EMAIL.match(body["email"]):
        wrong["email"] = [("INVALID_EMAIL_FORMAT", "is not a valid email")]
    if body.get("linkedin") and not LINKEDIN.match(body["linkedin"]):
        wrong["linkedin"] = [("INVALID_FORMAT", "has an invalid format")]
    return errors.by_field(wrong) if wrong else None


def check_tags(tags: Any, stored: list[str] | None = None) -> Response | None:
    """Tags must be a list of lowercase texts without repeats (and, on /tag, not stored yet)."""
    if tags is None:
        return None
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        return errors.by_field({"tags": [("MUST_BE_STRING_ARRAY", "must be an array of strings")]})
    if any(tag != tag.lower() for tag in tags):
        return errors.by_field({"tags": [("VALUES_MUST_BE_LOWERCASE", "must not contain capital letters")]})
    if len(set(tags)) < len(tags) or set(tags) & set(stored or ()):
        return errors.by_field({"tags": [("VALUES_MUST_BE_UNIQUE", "must not contain duplicate values")]})
    return None


def check_bases(bases: Any) -> Response | None:
    """LGPD bases: category `communications`, the six types, granted or declined."""
    if bases is None:
        return None
    good = isinstance(bases, list) and all(
        isinstance(base, dict)
        and base.get("category") == "communications"
        and base.get("type") in BASE_TYPES
        and base.get("status") in ("granted", "declined")
        for base in bases
    )
    return None if good else errors.by_field({"legal_bases": [("MUST_BE_VALID_OPTION", "has an invalid option")]})
