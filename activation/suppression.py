"""Who must never hear from us again. Kept as keyed hashes: the list of those who said no is no list of addresses.

The key is made with the list and lives in the same database, so a copied table without its key cannot be tried against
a list of known addresses. Only `add`, `remove` and `has` see an address, and none keeps it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from activation.database import create_tables, has_table, open_database, upsert
from activation.ports import Consent, ConsentLookup, PlanRow
from activation.tables import suppression_keys, suppression_metadata, suppressions

_IN_ONE_QUERY = 500
FORGOTTEN_DOMAIN = "forgotten.invalid"  # of the tokens that replace addresses of people who were forgotten (ingestion)


class SuppressionList:
    """The list in the state database at `url`; made at the first `add`, empty before."""

    def __init__(self, url: str):
        self._url = url

    def add(self, email: str, reason: str, now: datetime) -> bool:
        """Suppress an address for good; False when it was there already. ValueError when it is no address."""
        row = {"subject": self._hash(email), "reason": reason, "added_at": now}
        with self._engine.begin() as connection:
            made = connection.execute(upsert(self._engine, suppressions).values(**row).on_conflict_do_nothing()
                                      .returning(suppressions.c.subject))  # fmt: skip
            return made.first() is not None

    def remove(self, email: str) -> bool:
        """Take an address off the list; False when it was not on it."""
        subject = self._hash(email)
        with self._engine.begin() as connection:
            gone = connection.execute(sa.delete(suppressions).where(suppressions.c.subject == subject))
            return gone.rowcount == 1

    def has(self, email: str) -> bool:
        """Whether the address is on the list."""
        return self.matching([email]) == {email}

    def matching(self, emails: Iterable[str]) -> set[str]:
        """Those of `emails` that are on the list, in one reading. What is no address is never on it.

        What stands for the address of somebody forgotten always is: nothing may be sent to it, or recorded for it.
        """
        emails = set(emails)
        forgotten = {email for email in emails if email.endswith(f"@{FORGOTTEN_DOMAIN}")}
        if not self._exists():
            return forgotten
        hashed = {email: self._hash(email) for email in emails if _is_address(email)}
        subjects, known = sorted(set(hashed.values())), set[str]()
        with self._engine.connect().execution_options(reading=True) as connection:
            for start in range(0, len(subjects), _IN_ONE_QUERY):
                some = subjects[start : start + _IN_ONE_QUERY]
                query = sa.select(suppressions.c.subject).where(suppressions.c.subject.in_(some))
                known.update(connection.execute(query).scalars())
        return forgotten | {email for email, subject in hashed.items() if subject in known}

    def open(self) -> None:
        """Make the list if there is none: who asks for each send need not look for it each time."""
        self._engine  # noqa: B018

    def entries(self) -> list[dict[str, Any]]:
        """What may be shown: a short mark, the reason, and since when; never an address."""
        if not self._exists():
            return []
        query = sa.select(suppressions).order_by(suppressions.c.added_at, suppressions.c.subject)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [{"mark": row["subject"][:12], "reason": row["reason"], "added_at": row["added_at"]} for row in rows]

    def _hash(self, email: str) -> str:
        if not _is_address(email):
            raise ValueError("is not an e-mail address")
        text = unicodedata.normalize("NFKC", email).strip().casefold()
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    @cached_property
    def _key(self) -> bytes:
        with self._engine.begin() as connection:
            fresh = {"name": "email", "key": secrets.token_hex(32)}
            connection.execute(upsert(self._engine, suppression_keys).values(**fresh).on_conflict_do_nothing())
            found = connection.execute(sa.select(suppression_keys.c.key).where(suppression_keys.c.name == "email"))
            return bytes.fromhex(found.scalar_one())

    @cached_property
    def _engine(self) -> sa.Engine:
        engine = open_database(self._url)
        create_tables(engine, suppression_metadata)
        return engine

    def _exists(self) -> bool:
        """Whether there is a list, found out without making one: a dry run writes nothing."""
        return "_engine" in self.__dict__ or has_table(self._url, suppressions)


def _is_address(email: str) -> bool:
    return "@" in email.strip("@ ")


def marked(plan: dict[str, PlanRow], suppressed: SuppressionList | None) -> dict[str, PlanRow]:
    """The plan with `consent_status` suppressed where the row's address is on the list."""
    if suppressed is None:
        return plan
    addresses = {key: str(row.payload.get("email") or "") for key, row in plan.items()}
    found = suppressed.matching(set(addresses.values()) - {""})
    return {key: replace(row, consent_status="suppressed") if addresses[key] in found else row for key, row in plan.items()}


class SuppressedFirst:
    """A consent look-up of live runs: asks the list just before each send, then whoever knows the consent."""

    def __init__(self, suppressed: SuppressionList, inner: ConsentLookup | None):
        suppressed.open()
        self._suppressed, self._inner = suppressed, inner

    def current(self, row: PlanRow) -> Consent:
        """`suppressed`, or what the source of consent says; without one, what the plan said."""
        email = str(row.payload.get("email") or "")
        if email and self._suppressed.has(email):
            return Consent("suppressed")
        return self._inner.current(row) if self._inner else Consent(row.consent_status)
