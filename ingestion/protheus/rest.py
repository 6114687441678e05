"""Protheus by REST: `genericQuery`, page by page behind the last R_E_C_N_O_ (contract 3.2 to 3.4).

Pages are asked for by record number, not by page number: rows that come or go meanwhile shift no page. What the service
promises is checked, because nothing tells otherwise that rows are missing: numbers grow, a page is not given twice, and
the end is believed when the next question finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx

from ingestion.errors import ApiError, SourceError
from ingestion.http import ApiClient
from ingestion.ports import Ports
from ingestion.protheus.dictionary import SX2, SX3, Dictionary
from ingestion.protheus.rest_auth import ProtheusAuth
from ingestion.protheus.rest_pages import Page, parse
from ingestion.protheus.rows import own_columns
from ingestion.protheus.settings import COMPANIES, DELETED, EXTRA_SOURCES, RECNO, STAMP, SYSTEM, RestAccess
from ingestion.protheus.source import NUMBER, TEXT, Chunk, PhysicalTable, Sharing

PATH = "/api/framework/v1/genericQuery"
IN_LIST = 200  # record numbers of one question: it must fit into an address
CONTROL = (RECNO, DELETED)


class Refused(SourceError):
    """The service understood the question and did not like it (an unknown table or column)."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class RestSource:
    """One REST server and one company group. Keys and envelopes are read without case (contract 3.3)."""

    def __init__(
        self, access: RestAccess, group: str, ports: Ports, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.notes: list[str] = []
        self._access = access
        self._served_at: datetime | None = None
        self._dictionary = Dictionary(group)
        auth = ProtheusAuth(access, group, ports.tokens, ports.clock, transport)
        owner = f"{SYSTEM}:{access.username}"
        self._api = ApiClient(
            access.base_url, auth, ports.limiter, owner, ports.clock, transport=transport, text_encoding="cp1252"
        )

    @property
    def sharing(self) -> list[Sharing]:
        """How each table of the dictionary is shared between branches."""
        return self._dictionary.sharing

    def open(self) -> None:
        """Log in and read the dictionary; where the service gives none, columns are found by asking for them."""
        self._dictionary.add_tables(self._all("SX2", SX2))
        self._dictionary.add_columns(self._all("SX3", SX3))
        self.notes += self._dictionary.gaps()

    def table(self, alias: str) -> PhysicalTable | None:
        """See `Source`."""
        if alias == COMPANIES:
            columns = self._answering(alias, [*self._expected(alias)])
        elif alias in self._dictionary.families:
            columns = list(self._dictionary.families[alias])
        elif self._dictionary.families:
            return None
        else:
            columns = self._answering(alias, [*self._expected(alias)])
        if not columns:
            return None
        control = self._control(alias)
        names = {name: name.upper() for name in [*columns, *control]}
        families = {**self._dictionary.families.get(alias, {}), RECNO: NUMBER, DELETED: TEXT}
        return PhysicalTable(alias.upper(), names, self._dictionary.decimals.get(alias, {}), families)

    def chunk(
        self, table: PhysicalTable, columns: Sequence[str], after: int, since: datetime | None, limit: int
    ) -> tuple[Chunk, bool]:
        """See `Source`. SourceError when the service gives pages that cannot be trusted."""
        pages: list[Page] = []
        count, promised = 0, since is None and not after
        while count < limit:
            page = self._next(table, columns, after, since, promised)
            pages.append(page)
            if page.last is None:
                return Page.joined(columns, pages), False
            after, promised, count = page.last, page.more, count + page.size
        return Page.joined(columns, pages), True

    def picked(self, table: PhysicalTable, columns: Sequence[str], recnos: Iterable[int]) -> Chunk:
        """See `Source`."""
        wanted, pages = sorted(recnos), list[Page]()
        for start in range(0, len(wanted), IN_LIST):
            part = ", ".join(map(str, wanted[start : start + IN_LIST]))
            after: int | None = 0
            while after is not None:
                where = f"{RECNO.upper()} IN ({part}) AND {RECNO.upper()} > {after}"
                pages.append(page := self._page(table, columns, where))
                after = page.last
        return Page.joined(columns, pages)

    def newest_stamp(self, table: PhysicalTable, until: datetime) -> Any:
        """See `Source`."""
        where = f"{STAMP.upper()} <= {self._instant(until)}"
        items, _ = self._ask(table.name, [RECNO, STAMP], where, f"-{STAMP.upper()}", 1)
        return {str(key).lower(): value for key, value in items[0].items()}.get(STAMP) if items else None

    def clock(self) -> datetime | None:
        """See `Source`."""
        return self._served_at

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _next(
        self, table: PhysicalTable, columns: Sequence[str], after: int, since: datetime | None, promised: bool
    ) -> Page:
        """The page behind a record number. An empty one that was promised rows, and one that goes back, are asked for
        again once: services answer so when a thread of theirs dies."""
        where = f"{RECNO.upper()} > {after}"
        if since is not None:
            where += f" AND {STAMP.upper()} >= {self._instant(since)}"
        for attempt in (1, 2):
            page = self._page(table, columns, where)
            if page.grows_from(after) and (page.size or not (page.more or (promised and attempt == 1))):
                return page
        if not page.grows_from(after):
            raise _out_of_order(table.name, after)
        raise SourceError(
            f"Protheus REST, {table.name}: an empty page after record {after}, although the service says that more follows. "
            "What was read is kept; run again later."
        )

    def _page(self, table: PhysicalTable, columns: Sequence[str], where: str) -> Page:
        items, more = self._ask(table.name, columns, where, RECNO.upper(), self._access.page_rows)
        return parse(columns, items, more)

    def _ask(
        self, name: str, columns: Sequence[str], where: str, order: str, size: int
    ) -> tuple[list[Any], bool]:
        """(items, whether the service says that more follow). Refused, or ApiError for a failing service."""
        params: dict[str, Any] = {
            "tables": name, "fields": ",".join(column.upper() for column in columns), "where": where, "order": order,
            "page": 1, "pageSize": size, "DeletedFilter": "false", "FilialFilter": "false",
        }  # fmt: skip
        if name.lower() == COMPANIES:
            # The list of branches has no alias of its own in the dictionary; SM0 is what programs call it.
            params.update(tables="SM0", FromQry="SYS_COMPANY SM0")
        answer = self._api.request("GET", PATH, params=params, resource="genericQuery")
        self._served_at = answer.served_at
        body = _lower(answer.json) if isinstance(answer.json, dict) else {}
        if not 200 <= answer.status < 300:
            if {"code", "message"} & body.keys() or "errorcode" in body:
                raise Refused(
                    f"Protheus REST refuses to read {name} ({answer.status}). Check that the server runs with SECURITY=1 and that "
                    "the user may read the table.",
                    answer.status,
                )
            raise ApiError(f"GET {PATH} for {name} answered {answer.status} without saying why.", status=answer.status)
        items = body.get("items")
        if not answer.is_json or not isinstance(items, list):
            what = "something that is not JSON (an error page, or an answer cut short)" if not answer.is_json else "no list of items"
            raise ApiError(
                f"GET {PATH} for {name} answered {answer.status} with {what}. What was read is kept; check the base address in "
                "bastao.yaml, and run again later.",
                status=answer.status,
            )
        return items, body.get("hasnext") in (True, "true", "TRUE")

    def _all(self, name: str, columns: Sequence[str]) -> list[Mapping[str, Any]]:
        """Live rows of a dictionary table; none when it cannot be read."""
        found: list[Mapping[str, Any]] = []
        after = 0
        try:
            while True:
                items, _ = self._ask(
                    name, [RECNO, *columns], f"{RECNO.upper()} > {after} AND {DELETED.upper()} <> '*'", RECNO.upper(),
                    self._access.page_rows,
                )  # fmt: skip
                rows = [_lower(item) for item in items if isinstance(item, dict)]
                if not rows:
                    return found
                page = parse([RECNO], items, False)
                if not page.grows_from(after) or page.last is None:
                    raise _out_of_order(name, after)
                found, after = [*found, *rows], page.last
        except Refused as refused:
            if refused.status == 404:
                raise  # not the table is unknown but genericQuery itself
            return []

    def _control(self, alias: str) -> list[str]:
        """The control columns that may be asked for. SourceError without record numbers: nothing could be kept apart."""
        for names in ((*CONTROL, STAMP), CONTROL):
            if self._answers(alias, names):
                return list(names)
        raise SourceError(
            f"Protheus REST gives no R_E_C_N_O_ and D_E_L_E_T_ of {alias.upper()}: deleted rows could not be told from live ones. "
            "Read this company by SQL (mode: sql), or ask for a service that gives them."
        )

    def _answering(self, alias: str, names: list[str]) -> list[str]:
        """Which columns the service knows, found by halving; none when the table does not exist."""
        if not names or self._answers(alias, names):
            return names
        if len(names) == 1:
            return []
        middle = len(names) // 2
        if len(names) == len(self._expected(alias)) and not self._answers(alias, names[:1]) and not self._answers(alias, CONTROL[:1]):
            return []
        return self._answering(alias, names[:middle]) + self._answering(alias, names[middle:])

    def _answers(self, alias: str, names: Sequence[str]) -> bool:
        try:
            self._ask(alias.upper(), names, f"{RECNO.upper()} > 0", RECNO.upper(), 1)
        except Refused:
            return False
        return True

    @staticmethod
    def _expected(alias: str) -> list[str]:
        """The columns of the standard dictionary (contract 2.3) that we read."""

        return [column.name for column in own_columns(alias)] + list(EXTRA_SOURCES.get(alias, ()))

    def _instant(self, moment: datetime) -> str:
        text = f"'{moment:%Y-%m-%d %H:%M:%S}'"
        return f"TIMESTAMP {text}" if self._access.stamp_literal == "timestamp" else text


def _out_of_order(name: str, after: int) -> SourceError:
    return SourceError(
        f"Protheus REST, {name}: rows come again or out of the order of R_E_C_N_O_ after record {after}. "
        "The service does not keep `order`; read this company by SQL (mode: sql)."
    )


def _lower(item: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key).lower(): value for key, value in item.items()}


