"""People who asked to be forgotten, as a load needs to know them: by opaque record ids and keyed hashes of addresses.

A load that meets them again lands their records without anything personal. Each identifier is replaced by a token that
only the key of this company gives: equal identifiers keep equal tokens, so that records stay linked and passages and
counts stay what they were, but nobody can be found by them. Nothing is written before it was cleaned.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ingestion.personal import PERSONAL, PERSONAL_KINDS, TELLING_KINDS, Personal

FORGOTTEN_DOMAIN = "forgotten.invalid"  # RFC 2606: no mail can ever be sent to a token
FORGOTTEN_PREFIX = "forgotten-"

Row = dict[str, Any]


@dataclass(frozen=True)
class Forgotten:
    """`records`: ids by system, as identity names them. `marks`: keyed hashes of identifiers that tell who somebody is.

    The records of exported lists are kept as marks too: a file may name people by a hash that could be guessed.
    `shared`: marks of phones that stay, because they are a switchboard's and no person's. Without them on the erased records
    identity would count a switchboard as somebody's own phone one day, and make one person of its other holders.
    """

    key: bytes = field(default=b"", repr=False)
    records: Mapping[str, frozenset[str]] = field(default_factory=dict)
    marks: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.marks) or any(self.records.values())

    def mark(self, kind: str, value: str) -> str:
        """The keyed hash by which an identifier is recognised."""
        return self._hash("mark", kind, value)

    def token(self, kind: str, value: str) -> str:
        """What stands in the warehouse instead of an identifier; a token and a switchboard stay themselves."""
        if is_token(value) or (kind == "phone" and self.mark(kind, value) in self.shared):
            return value
        token = FORGOTTEN_PREFIX + self._hash("token", kind, value)[:32]
        return f"{token}@{FORGOTTEN_DOMAIN}" if kind == "email" else token

    def scrub(self, dataset: str, tables: Mapping[str, list[Row]]) -> None:
        """Clean the rows of one package, in place. A new record with a forgotten e-mail or CPF is cleaned as a whole."""
        if not self:
            return
        returning = self._returning(dataset, tables)
        for name, personal in PERSONAL.get(dataset, {}).items():
            for row in tables.get(name, ()):
                if self.is_record(personal, row) or (personal.system, personal.source_id(row)) in returning:
                    self._clean(personal, row)

    def is_record(self, personal: Personal, row: Mapping[str, Any]) -> bool:
        """Whether a row belongs to a forgotten record."""
        if personal.named_by:
            return any(self.mark(personal.system, str(row[column])) in self.marks for column in personal.named_by if row.get(column))
        source_id = personal.source_id(row)
        if personal.system == "protheus_any_branch":
            return source_id in self._any_branch
        return source_id in self.records.get(personal.system, ())

    @cached_property
    def _any_branch(self) -> frozenset[str]:
        """Forgotten customers without their branch: group:code:store."""
        parts = (source_id.split(":") for source_id in self.records.get("protheus", ()))
        return frozenset(f"{group}:{code}:{store}" for group, _branch, code, store in parts)

    def _returning(self, dataset: str, tables: Mapping[str, list[Row]]) -> set[tuple[str, str]]:
        """Records that are new to us but carry an identifier of somebody forgotten."""
        found = set()
        for name, personal in PERSONAL.get(dataset, {}).items():
            for row in tables.get(name, ()) if personal.is_identifiers else ():
                value = row.get("value")
                if value and row.get("kind") in TELLING_KINDS and self.mark(row["kind"], value) in self.marks:
                    found.add((personal.system, personal.source_id(row)))
        return found

    def _clean(self, personal: Personal, row: Row) -> None:
        if personal.is_identifiers and row.get("value") and row.get("kind") in PERSONAL_KINDS:
            row["value"] = self.token(row["kind"], row["value"])
        for column in personal.named_by:
            if row.get(column):
                row[column] = self.token(personal.system, str(row[column]))
        if personal.only and row.get(personal.only[0]) != personal.only[1]:
            return
        for column in personal.erased:
            if row.get(column) and not (personal.keeps and has_form(str(row[column]), personal.keeps)):
                row[column] = None

    def _hash(self, purpose: str, kind: str, value: str) -> str:
        text = f"{purpose}|{kind}|{match_key(kind, value)}"
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()


def is_token(value: str) -> bool:
    """Whether an identifier was replaced already."""
    return value.startswith(FORGOTTEN_PREFIX)


def match_key(kind: str, value: str) -> str:
    """What two values of one identifier have in common; phones as the macro phone_key has them."""
    text = value.strip()
    if kind == "email":
        return text.lower()
    if kind == "phone" and text.startswith("+55") and len(text) in (13, 14):
        return text[3:5] + text[-8:]
    return text


def has_form(value: str, pattern: str) -> bool:
    """LIKE with `_` alone."""
    return len(value) == len(pattern) and all(want in ("_", have) for want, have in zip(pattern, value, strict=True))

