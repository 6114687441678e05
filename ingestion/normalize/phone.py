"""Phones to E.164. Decision order: `contracts/brazil.md` section 6.2.

The library alone is wrong for what Brazilian registries hold: old mobiles of eight digits, area code 55, trunk
zeros with carrier codes, extensions. So the Brazilian part is decided here and the library confirms the result.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# The 67 area codes in use (section 6.1); what is missing between 11 and 99 does not exist.
AREA_CODES = frozenset(
    f"{first}{second}"
    for first, seconds in {
        1: "123456789", 2: "12478", 3: "1234578", 4: "123456789", 5: "1345",
        6: "123456789", 7: "134579", 8: "123456789", 9: "123456789",
    }.items()
    for second in seconds
)  # fmt: skip
_CARRIERS = frozenset(["12", "14", "15", "21", "22", "23", "25", "31", "41", "43", "55", "65", "90", "99"])
# "ramal 12", "r. 201", "ext 5", "x12", "#12" at the end of the text.
_EXTENSION = re.compile(
    r"\s*(?:ramal|rm|ext(?:ensão|ensao|\.)?|r\.|r|x|#)\s*[:.]?\s*\d{1,6}\s*$", re.IGNORECASE
)
_NO_DIGIT = re.compile(r"\D")
_BETWEEN = re.compile(r"\s*(?:[/;,|]|\s+(?:e|ou|or|and)\s+)\s*", re.IGNORECASE)
_ONE = re.compile(r"[\d\s()+.-]*")  # no word and no mark that could stand between two numbers
_TOLL_FREE, _SHARED = re.compile(r"0800\d{6,7}"), re.compile(r"(400|300)\d{5}")
_PREMIUM = re.compile(r"0[359]00\d{6,7}")
_XX = re.compile(r"0\s*xx", re.IGNORECASE)


@dataclass(frozen=True)
class Phone:
    """What a phone text means. `e164` is None when refused; `reason` then says why.

    kind: mobile, fixed, toll_free, shared_or_premium, foreign. confidence: high, medium (default area code used),
    low (extinct range, or a placeholder: `reason` is placeholder_suspect). `match_key` (area code + last eight
    digits) does not change with the ninth digit; only numbers of people have one.
    """

    e164: str | None = None
    kind: str | None = None
    ninth_digit_added: bool = False
    confidence: str | None = None
    reason: str | None = None
    match_key: str | None = None


def normalize_phone(raw: str | None, default_area_code: str | None = None) -> Phone:
    """Normalise one phone as typed; `default_area_code` completes numbers that lack theirs (confidence medium).

    Reasons of refusal: empty, no_digits, bad_length, unknown_area_code, missing_area_code, bad_first_digit,
    nine_digits_not_starting_with_9, invalid_foreign, not_confirmed. Two numbers in one text: use `split_phones`.
    """
    text = (raw or "").strip()
    if not text:
        return Phone(reason="empty")
    text = _EXTENSION.sub("", text)
    digits = _NO_DIGIT.sub("", text)
    if not digits:
        return Phone(reason="no_digits")
    # "00" is the international prefix only in front of a whole number: (00) before nine digits is no area code.
    international = text.lstrip("( ").startswith("+") or (digits.startswith("00") and len(digits) >= 12)
    if international:
        digits = digits.removeprefix("00")
        if not digits.startswith("55"):
            return _foreign(digits)
        return _national(digits[2:], None)
    if _XX.match(text):
        return _national(_without_carrier(digits), default_area_code)
    if len(digits) in (12, 13) and digits.startswith("55"):
        return _national(digits[2:], default_area_code)
    return _national(digits, default_area_code)


def split_phones(raw: str | None) -> list[str]:
    """Several numbers in one field ("11 98888-7777 / 11 3123-4567") as one text each."""
    text = (raw or "").strip()
    if not _ONE.fullmatch(text):
        with_digits = [part for part in _BETWEEN.split(text) if len(_NO_DIGIT.sub("", part)) >= 8]
        if len(with_digits) > 1:
            return with_digits
    return [text] if text else []


def join_protheus(ddi: str | None, ddd: str | None, number: str | None) -> str:
    """The three Protheus columns as one text; an area code that the number repeats is dropped (often `047`)."""
    area = _NO_DIGIT.sub("", ddd or "").lstrip("0")
    text = (number or "").strip()
    digits = _NO_DIGIT.sub("", _EXTENSION.sub("", text))
    if not digits:
        return ""
    country = _NO_DIGIT.sub("", ddi or "").lstrip("0")
    if country not in ("", "55"):
        return f"+{country}{area}{digits}"
    carries_area = bool(area) and len(digits.lstrip("0")) >= 10 and digits.lstrip("0").startswith(area)
    return text if carries_area or not area or text.startswith("+") else f"{area} {text}"


def _national(digits: str, default_area_code: str | None) -> Phone:
    special = _non_geographic(digits)
    if special is not None:
        return special
    if digits.startswith("0") and not digits.startswith("00"):
        digits = _without_carrier(digits)
    if len(digits) in (8, 9):
        if not default_area_code:
            return Phone(reason="missing_area_code")
        return _subscriber(default_area_code, digits, "medium")
    if len(digits) not in (10, 11):
        return Phone(reason="bad_length")
    return _subscriber(digits[:2], digits[2:], "high")


def _without_carrier(digits: str) -> str:
    """Drop the trunk zero, and the two digits of the carrier when the length says that they are there."""
    rest = digits[1:]
    carried = len(rest) in (12, 13) and rest[:2] in _CARRIERS and rest[2:4] in AREA_CODES
    return rest[2:] if carried else rest


def _non_geographic(digits: str) -> Phone | None:
    if _TOLL_FREE.fullmatch(digits):
        return Phone("+55" + digits[1:], "toll_free", confidence="high")
    if _PREMIUM.fullmatch(digits):
        return Phone("+55" + digits[1:], "shared_or_premium", confidence="high")
    if _SHARED.fullmatch(digits):
        return Phone("+55" + digits, "shared_or_premium", confidence="high")
    return None


def _subscriber(area: str, number: str, confidence: str) -> Phone:
    if area not in AREA_CODES:
        return Phone(reason="unknown_area_code")
    first, added = number[0], False
    if len(number) == 9:
        if first != "9":
            return Phone(reason="nine_digits_not_starting_with_9")
        kind = "mobile"
    elif first in "2345":
        kind = "fixed"
    elif first in "6789":
        # Before 2012-2016 mobiles had eight digits. A first 7 was mostly the extinct trunking service.
        kind, added = "mobile", True
        number = "9" + number
        confidence = "low" if first == "7" else confidence
    else:
        return Phone(reason="bad_first_digit")
    e164 = f"+55{area}{number}"
    if not _in_plan(area + number):
        return Phone(reason="not_confirmed")
    reason = None
    if len(set(number[-8:])) == 1:
        confidence, reason = "low", "placeholder_suspect"
    return Phone(e164, kind, added, confidence, reason, area + number[-8:])


def _foreign(digits: str) -> Phone:
    e164 = f"+{digits}"
    if not 8 <= len(digits) <= 15 or not _confirmed(e164):
        return Phone(reason="invalid_foreign")
    return Phone(e164, "foreign", confidence="high")


def _in_plan(national: str) -> bool:
    """What the library says of `+55` and these digits, by its own patterns: parsing takes fifty times as long.

    Only for an area code in use with a subscriber's number: no prefix can hide in those, and no other kind of number.
    """
    every, kinds = _plan()
    return bool(every.fullmatch(national) and kinds.fullmatch(national))


@lru_cache(maxsize=1)
def _plan() -> tuple[re.Pattern[str], re.Pattern[str]]:
    from phonenumbers import PhoneMetadata

    brazil: Any = PhoneMetadata.metadata_for_region("BR", None)
    fixed, mobile = brazil.fixed_line.national_number_pattern, brazil.mobile.national_number_pattern
    return re.compile(brazil.general_desc.national_number_pattern), re.compile(f"{fixed}|{mobile}")


@lru_cache(maxsize=4096)
def _confirmed(e164: str) -> bool:
    import phonenumbers

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(e164, None))
    except phonenumbers.NumberParseException:
        return False
