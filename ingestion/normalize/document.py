"""CNPJ and CPF. Rules: `contracts/brazil.md` section 5 (check digits of Instrução Normativa RFB 2.229/2024).

A number is kept as text, upper case, without its mask. Nothing is repaired: a damaged number gets a reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

_SEPARATORS = str.maketrans("", "", " .-/‐‑‒–—\u00a0\t")

_ALPHABET = re.compile(r"[0-9A-Z]+")
_SECOND = tuple(2 + place % 8 for place in reversed(range(13)))
_FIRST = _SECOND[1:]


@dataclass(frozen=True)
class Document:
    """A normalised number, or None and the reason of the refusal."""

    value: str | None
    reason: str | None = None

    @property
    def root(self) -> str | None:
        """The eight characters of a CNPJ that name the legal entity: the match key of companies."""
        return self.value[:8] if self.value and len(self.value) == 14 else None


def normalize_cnpj(raw: str | None) -> Document:
    """A CNPJ, numeric or alphanumeric.

    Reasons: empty, bad_character, bad_length, check_digits_not_numeric, all_zeros, bad_check_digits.
    """
    text = (raw or "").translate(_SEPARATORS).upper()
    if not text:
        return Document(None, "empty")
    # isalnum() would let accented letters through, and they would count as valid characters.
    if not _ALPHABET.fullmatch(text):
        return Document(None, "bad_character")
    if len(text) != 14:
        return Document(None, "bad_length")
    if not text[12:].isdigit():
        return Document(None, "check_digits_not_numeric")
    if text == "0" * 14:
        return Document(None, "all_zeros")
    if _cnpj_check_digits(text[:12]) != text[12:]:
        return Document(None, "bad_check_digits")
    return Document(text)


def normalize_cpf(raw: str | None) -> Document:
    """A CPF. Reasons: empty, bad_character, bad_length, repeated_digit, bad_check_digits.

    One digit eleven times satisfies the arithmetic and is nobody: refused (python-stdnum accepts it).
    """
    text = (raw or "").translate(_SEPARATORS)
    if not text:
        return Document(None, "empty")
    if not (text.isascii() and text.isdigit()):
        return Document(None, "bad_character")
    if len(text) != 11:
        return Document(None, "bad_length")
    if len(set(text)) == 1:
        return Document(None, "repeated_digit")
    first = _check_digit(text[:9], range(10, 1, -1))
    second = _check_digit(text[:9] + first, range(11, 1, -1))
    return Document(text) if text[9:] == first + second else Document(None, "bad_check_digits")


def document_kind(raw: str | None, person_type: str | None = None) -> str | None:
    """`cpf` or `cnpj` for a column that holds both (Protheus A1_CGC), None when blank.

    Decided by the trimmed length (11 or 14); any other length follows the person type (F natural person, else J).
    """
    text = (raw or "").translate(_SEPARATORS)
    if not text:
        return None
    if len(text) in (11, 14):
        return "cpf" if len(text) == 11 else "cnpj"
    return "cpf" if (person_type or "").strip().upper() == "F" else "cnpj"


def _cnpj_check_digits(base: str) -> str:
    # Weights 2 to 9 from right to left, starting again at 2.
    first = _check_digit(base, _FIRST)
    return first + _check_digit(base + first, _SECOND)


def _check_digit(text: str, weights: Sequence[int]) -> str:
    """Of ASCII text and as many weights; a character counts as its code minus 48."""
    remainder = (sum(map(mul, text.encode(), weights)) - 48 * sum(weights)) % 11
    return "0" if remainder < 2 else str(11 - remainder)
