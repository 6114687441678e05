"""Finds every record of one person in the warehouse: by the identity of the last build, and by the address itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from ingestion.forgotten import is_token
from ingestion.normalize import normalize_email
from ingestion.personal import PERSONAL_KINDS, TELLING_KINDS, personal_tables
from orchestration.erasures import Person
from orchestration.errors import StageError

_PERSON_ID = re.compile(r"[0-9a-f]{32}")
_KINDS = ", ".join(f"'{kind}'" for kind in PERSONAL_KINDS)
Record = tuple[str, str]


class NotOnePerson(StageError):
    """What was given names several people, or is neither an address nor a person's id."""


def find(connection: Any, mark: str, who: str, most_records: int = 5) -> Person:
    """Everything of the person whose e-mail or person_id is given; empty when nothing is known.

    `connection`: DuckDB's or psycopg's; `mark`: its placeholder; `most_records`: a value on more is nobody's own (bastao.yaml,
    identity). Raises NotOnePerson: an address on the records of several people is a shared mailbox, and nobody may be
    forgotten by mistake.
    """
    nodes = _Nodes(connection, mark)
    if _PERSON_ID.fullmatch(who):
        return _person(connection, mark, nodes, nodes.of_person(who), set(), most_records)
    email = normalize_email(who).value
    if email is None:
        raise NotOnePerson("This is neither an e-mail address nor a person_id (32 hexadecimal characters, see dim_people).")
    holders = set(_holders(connection, mark, [("email", email)])) | nodes.present(("files", key) for key in file_keys([email, who]))
    people = {person for record in holders if (person := nodes.person_of(record))}
    if len(people) > 1:
        listed = "\n".join(f"  bastao forget {person}" for person in sorted(people))
        raise NotOnePerson(
            f"This address stands on records of {len(people)} people: a shared mailbox. Say whom you mean:\n{listed}\n"
            "To stop all mail to the address: bastao suppress add"
        )
    records = holders.union(*(nodes.of_person(person) for person in people))
    return _person(connection, mark, nodes, records, {("email", email)} if records else set(), most_records)


def file_keys(addresses: Iterable[str]) -> list[str]:
    """The keys that ingestion gives people whom an exported list names by an address or CPF (ingestion/files/table.py)."""
    return [f"sha256:{sha256(address.encode()).hexdigest()[:16]}" for address in addresses]


def _person(connection: Any, mark: str, nodes: _Nodes, records: set[Record], given: set[tuple[str, str]], most_records: int) -> Person:
    """The records, those that only the raw tables know included, and all their identifiers."""
    if not records:
        return Person()
    identifiers = set(_identifiers(connection, mark, records)) | given
    mine = {nodes.person_of(record) for record in records}
    own, shared = set(), set()
    for one in identifiers:
        holders = set(_holders(connection, mark, [one]))
        if all(nodes.person_of(record) in (None, *mine) for record in holders):
            own.add(one)
        elif one[0] == "phone" and len(holders) > most_records:
            shared.add(one)
    # A record of nobody with the same identifier is not another person: an ERP customer known by a phone alone.
    records |= {record for record in _holders(connection, mark, sorted(own)) if nodes.person_of(record) is None}
    identifiers |= set(_identifiers(connection, mark, records))
    own = {(kind, value) for kind, value in own if kind in TELLING_KINDS}
    own |= {("files", key) for key in file_keys(value for _, value in own)}
    own |= {("files", key) for system, key in records if system == "files"}
    found: dict[str, set[str]] = {}
    for system, source_id in records:
        if system != "files":  # a key of a list may be a hash that can be guessed: it is kept as a mark alone
            found.setdefault(system, set()).add(source_id)
    return Person(found, identifiers, own, shared)


class _Nodes:
    """The last build's identity: which record is whose. Empty before the first build."""

    def __init__(self, connection: Any, mark: str) -> None:
        self._connection, self._mark = connection, mark
        found = connection.execute(
            "select count(*) from information_schema.tables"
            " where table_schema = 'intermediate' and table_name = 'int_person_nodes'"
        ).fetchone()
        self._built = bool(found[0])

    def of_person(self, person_id: str) -> set[Record]:
        """The person's records."""
        return {(system, one) for system, one in self._rows("source_system, source_id", "person_id", person_id)}

    def person_of(self, record: Record) -> str | None:
        """Whose record it is, None when the last build did not know it."""
        rows = self._rows("source_system, person_id", "source_id", record[1])
        return next((str(person) for system, person in rows if system == record[0]), None)

    def present(self, records: Iterable[Record]) -> set[Record]:
        """Those of the records that the last build knew."""
        return {record for record in records if self.person_of(record) is not None}

    def _rows(self, columns: str, column: str, value: str) -> list[tuple[Any, ...]]:
        if not self._built:
            return []
        query = f"select {columns} from intermediate.int_person_nodes where {column} = {self._mark}"
        return list(self._connection.execute(query, (value,)).fetchall())


def _holders(connection: Any, mark: str, identifiers: Iterable[tuple[str, str]]) -> Iterator[Record]:
    """Records that hold, or ever held, one of the identifiers."""
    for kind, value in identifiers:
        for schema, table, personal in personal_tables():
            if personal.is_identifiers:
                query = f"select distinct {personal.source_id_sql('t')} from {schema}.{table} as t where kind = {mark} and value = {mark}"
                for (source_id,) in connection.execute(query, (kind, value)).fetchall():
                    yield personal.system, source_id


def _identifiers(connection: Any, mark: str, records: Iterable[Record]) -> Iterator[tuple[str, str]]:
    """Every identifier that the records hold, or ever held, and that was not replaced yet."""
    for system, source_id in records:
        for schema, table, personal in personal_tables():
            if personal.is_identifiers and personal.system == system:
                query = (
                    f"select distinct kind, value from {schema}.{table} as t"
                    f" where {personal.source_id_sql('t')} = {mark} and kind in ({_KINDS}) and value is not null"
                )
                for kind, value in connection.execute(query, (source_id,)).fetchall():
                    if not is_token(value):
                        yield kind, value
