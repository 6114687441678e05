"""Phase 1: who exists, who converted, who is in which stage, from the built-in segmentations.

Segmentation 1 is read newest conversion first and left at the watermark; completely on the first run, when a full
sweep is due, and when its total disagrees with what we know (a contact without conversions appeared, or one was
deleted). The stage segmentations 3, 4 and 5 are always read completely: stage changes leave no other trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ingestion.errors import ApiError, SourceError
from ingestion.judged import Judge
from ingestion.ports import Progress
from ingestion.rd_station.client import RdStationApi
from ingestion.rd_station.known import Knowledge
from ingestion.rd_station.settings import (
    ALL_CONTACTS,
    LISTING_PAGES_PER_SLICE,
    SEGMENT_PAGE,
    STAGE_SEGMENTS,
    SYSTEM,
    RdStationConfig,
)
from ingestion.rows import Row, instant
from ingestion.runner import Session, Slice

TABLE = "segmentation_contacts"


@dataclass
class Listing:
    """Reads the segmentations into `knowledge`; only new or changed rows are landed."""

    api: RdStationApi
    config: RdStationConfig
    session: Session
    knowledge: Knowledge
    progress: Progress
    now: datetime
    judge: Judge
    membership: dict[str, str] | None = None
    absent: set[str] = field(default_factory=set)
    _rows: list[Row] = field(default_factory=list)
    _last: list[Any] = field(default_factory=list)

    def read(self, complete: bool) -> Iterator[Slice]:
        """Everything of phase 1. Cursors in the session's state: watermark, listing (page to resume at)."""
        if complete or self.session.state.get("listing"):
            yield from self._everything()
        else:
            yield from self._newest()
        self._stages()
        yield self._slice()

    def _newest(self) -> Iterator[Slice]:
        watermark = instant(self.session.state["watermark"])
        cut = watermark - timedelta(hours=self.config.overlap_hours) if watermark else None
        newest, page, total = watermark, 0, None
        while True:
            page += 1
            raw, announced = self.api.segment_page(ALL_CONTACTS, page, newest_first=True)
            rows = self._usable(ALL_CONTACTS, page, raw)
            total = announced if page == 1 else total
            dates = [date for date in (self._take(ALL_CONTACTS, row) for row in rows) if date]
            newest = max([*dates, *([newest] if newest else [])], default=None)
            if len(raw) < SEGMENT_PAGE or (cut and dates and max(dates) < cut):
                break
            if page % LISTING_PAGES_PER_SLICE == 0:
                yield self._slice()
        self.session.state["watermark"] = newest.isoformat() if newest else None
        yield self._slice()
        if total is not None and total != self.knowledge.live and self._may_relist():
            yield from self._everything()

    def _everything(self) -> Iterator[Slice]:
        state = self.session.state
        state["relisted_at"] = self.now.isoformat()
        resume = state.get("listing")
        # Contacts that converted meanwhile moved to pages already read: the watermark stays at the listing's start.
        page = max(1, resume["page"] - 1) if resume else 1
        newest = instant(resume["newest"]) if resume else None
        before = {
            uuid for uuid, known in self.knowledge.contacts.items() if known.listed and not known.is_deleted
        }
        seen: set[str] = set()
        last_total: int | None = None
        while True:
            raw, total = self.api.segment_page(ALL_CONTACTS, page, newest_first=True)
            if total is not None and last_total is not None and total < last_total and page > 1:
                # Rows were deleted in front of us: what followed moved up, into pages already read.
                page, last_total = max(1, page - 1 - (last_total - total) // SEGMENT_PAGE), total
                continue
            last_total = total
            rows = self._usable(ALL_CONTACTS, page, raw)
            dates = [date for date in (self._take(ALL_CONTACTS, row) for row in rows) if date]
            seen.update(row["uuid"] for row in rows)
            if page == 1 or newest is None:
                newest = max(dates, default=newest)
            pages = -(-total // SEGMENT_PAGE) if total else None
            self.progress.step(SYSTEM, page, pages, "pages")
            if len(raw) < SEGMENT_PAGE:
                break
            page += 1
            if page % LISTING_PAGES_PER_SLICE == 0:
                state["listing"] = {"page": page, "newest": newest.isoformat() if newest else None}
                yield self._slice()
        if not resume:
            self.absent = before - seen
        state.pop("listing", None)
        state["watermark"] = newest.isoformat() if newest else None
        yield self._slice()

    def _stages(self) -> None:
        membership: dict[str, str] = {}
        for segment in STAGE_SEGMENTS:
            page = 0
            while True:
                page += 1
                try:
                    raw, _ = self.api.segment_page(segment, page)
                except ApiError as error:
                    if error.status not in (403, 404):
                        raise
                    self.session.note(f"rd_station: segmentation {segment} cannot be read ({error.status}); "
                                      "stage changes are then found by full sweeps only.")  # fmt: skip
                    return
                for row in self._usable(segment, page, raw):
                    self._take(segment, row)
                    # A row may show twice when the list shifts between two pages.
                    codes = membership.get(row["uuid"], "")
                    membership[row["uuid"]] = codes if segment in codes else codes + segment
                if len(raw) < SEGMENT_PAGE:
                    break
        self.membership = membership

    def _usable(self, segment: str, page: int, raw: list[Any]) -> list[Row]:
        """Rows with a uuid and instants that have come. SourceError for a full page that is the one before it."""
        if page > 1 and raw and len(raw) == SEGMENT_PAGE and raw == self._last:
            raise SourceError(f"RD Station: segmentation {segment} gave the same page twice; what came before it is kept.")
        self._last = raw
        return self.judge.listed(raw, TABLE, ("created_at", "last_conversion_date"), key="uuid")

    def _take(self, segment: str, row: Row) -> datetime | None:
        """Remember one row; queue it for landing when it says something new. Returns its last conversion."""
        uuid = row["uuid"]
        converted, created = instant(row.get("last_conversion_date")), instant(row.get("created_at"))
        known = self.knowledge.of(uuid)
        if segment == ALL_CONTACTS:
            changed = not known.listed or converted != known.converted_at
            known.listed, known.converted_at = True, converted
        else:
            changed = (segment, uuid) not in self.knowledge.members
            self.knowledge.members.add((segment, uuid))
        known.created_at = known.created_at or created
        if changed:
            self._rows.append(
                {
                    "segment_id": segment,
                    "contact_uuid": uuid,
                    "created_at": created,
                    "last_conversion_at": converted,
                }
            )
        return converted

    def _slice(self) -> Slice:
        rows, self._rows = self._rows, []
        return Slice({TABLE: rows, **self.judge.taken()})

    def _may_relist(self) -> bool:
        last = instant(self.session.state.get("relisted_at"))
        return last is None or self.now - last >= timedelta(hours=self.config.relist_hours)
