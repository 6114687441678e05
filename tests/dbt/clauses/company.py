"""One small company for the tests of all clause kinds: its sellers, its calendars, and how a story is told.

Every `test_<kind>.py` of this folder has `CLAUSES` (rows of raw_agreement.clauses of version `now`), may have `ITEMS` (rows
of other agreement tables) and tells its stories in `tell(company)`; `conftest.py` builds one warehouse of all of them.
Instants are naive UTC. Version `now` is in force from 2026-01-01, `before` has one response clock and nothing else.
Monday 2026-03-02 is the usual day; the house works Monday to Friday 12:00 to 21:00.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from tests.dbt.raw_fixture import Raw

Rows = list[dict[str, Any]]
SELLERS = {"ana": None, "bia": "Sul", "caio": None, "dora": None, "eva": None}  # e-mail name: team
AWAY = (datetime(2026, 3, 2), datetime(2026, 3, 4))  # dora is away on Monday 2 and Tuesday 3 March
HOUSE, SOUTH, LATE, HOUSE_WITHOUT_DORA, ALL_WITHOUT_DORA = "house", "south", "late", "house-dora", "all-dora"
Hours = tuple[int, int] | None  # hours of a UTC day, or a day without work


class Company(Raw):
    """Raw rows of the company, and words to tell a story: one person each, named after it."""

    def __init__(self) -> None:
        super().__init__(agreement=False)
        self.stages()
        self.looks = 0
        for name, team in SELLERS.items():
            self.add(
                "rd_station_crm", "users", user_id=name, name=name, email=f"{name.capitalize()}@Casa.com.br", team_name=team
            )  # fmt: skip

    def person(self, name: str, **legal: str) -> None:
        """A person in marketing and in the CRM, known since 10 January."""
        self.contact(name, "2026-01-10 10:00:00", **legal)
        self.crm_contact(f"c-{name}", name)

    def story(
        self, name: str, at: str, closed_at: str | None = None, status: str = "ongoing", **deal: Any
    ) -> None:
        """A passage that opens with the deal made by the integration at `at` (exact), owned by ana, seen once."""
        if not any(row["contact_uuid"] == name for row in self.rows["raw_rd_station", "contacts"]):
            self.person(name)
        values = {"user_id": "ana", "lost_reason_name": "Sem timing" if status == "lost" else None, **deal}
        self.deal(f"d-{name}", [f"c-{name}"], at, closed_at, status, **values)

    def imprecise(self, name: str, not_before: str, at: str) -> None:
        """A passage that opened somewhere between two snapshots."""
        self.person(name)
        self.seen(name, "Lead", not_before)
        self.seen(name, "Qualified Lead", at)

    def look(self, name: str, created_at: str, observed_at: str, **values: Any) -> None:
        """One more fetch of the story's deal."""
        self.looks += 1
        self.deal(
            f"d-{name}", [f"c-{name}"], created_at, load_seq=1 + self.looks, observed_at=observed_at, **values
        )

    def calls(self, name: str, *attempts: tuple[str, str]) -> None:
        """Attempts on the story's deal as (instant, channel); the n-th is task `<name>-<n>`."""
        for number, (at, channel) in enumerate(attempts, start=1):
            self.task(f"{name}-{number}", f"d-{name}", at, channel)


def agreement(company: Company, clauses: Rows, items: dict[str, Rows]) -> None:
    """Write the agreement: both versions, calendars, reasons, and what the tests of the kinds bring."""
    versions = {"before": "2025-01-01 03:00:00", "now": "2026-01-01 03:00:00"}
    for version, since in versions.items():
        company.add(
            "agreement", "versions", agreement_version=version, agreement_hash=f"hash-{version}", calendar_hash=HOUSE,
            effective_from=since, inactivity_days=90, consent_unknown="refuse", hot_interest_min=80, hot_signal_days=7,
        )  # fmt: skip
        for code, step in (("sem_timing", "nurture"), ("sem_perfil", "suppress")):
            company.add(
                "agreement", "reasons", agreement_version=version, reason_code=code, next_step=step,
                return_identifier=f"volta-{code}" if step == "nurture" else None,
            )  # fmt: skip
    for label, code in (("sem timing", "sem_timing"), ("sem perfil", "sem_perfil")):
        company.add(
            "agreement", "reason_labels", source_system="rd_station_crm", label=label, reason_code=code
        )
    for stage, meaning in (
        ("Aceito por vendas", "accepted"),
        ("Qualificado", "sql"),
        ("Proposta enviada", "proposal"),
    ):
        company.add(
            "agreement", "stage_map", source_system="rd_station_crm", stage=stage, funnel_stage=meaning
        )
    company.add(
        "agreement", "clauses", agreement_version="before", clause_id="old_clock", clause_kind="response_time",
        area="sales", applies_to="other", starts_at="mql_at", stops_at="first_attempt", clock="elapsed",
        limit_seconds=3600, attempt_instant="occurred_at", fallback="attempt",
    )  # fmt: skip
    for row in clauses:
        company.add(
            "agreement",
            "clauses",
            **{"agreement_version": "now", "applies_to": "all", "area": "sales", **row},
        )
    for table, rows in items.items():
        for row in rows:
            company.add("agreement", table, **row)
    _calendars(company)


def _calendars(company: Company) -> None:
    email = "{}@casa.com.br".format
    for scope, key, calendar in (
        ("default", None, HOUSE),
        ("team", "Sul", SOUTH),
        ("seller", email("caio"), LATE),
    ):
        company.add(
            "agreement",
            "calendar_assignments",
            agreement_version="now",
            scope=scope,
            key=key,
            calendar_hash=calendar,
        )
    for base, calendar in ((HOUSE, HOUSE_WITHOUT_DORA), ("elapsed", ALL_WITHOUT_DORA)):
        company.add(
            "agreement",
            "calendar_absences",
            seller_email=email("dora"),
            base_calendar_hash=base,
            calendar_hash=calendar,
        )
    for calendar, hours in CALENDARS.items():
        worked = 0
        for number in range(539):  # 2025-01-08 .. 2026-06-30: what runs out in July lies beyond it
            day = date(2025, 1, 8) + timedelta(days=number)
            begins, ends = hours(day) or (None, None)
            seconds = (ends - begins) * 3600 if begins is not None and ends is not None else 0
            company.add(
                "agreement", "calendar_days", calendar_hash=calendar, utc_date=day, cum_before=worked,
                i1_start=None if begins is None else begins * 3600, i1_end=None if ends is None else ends * 3600,
                working_seconds=seconds,
            )  # fmt: skip
            worked += seconds


def _weekdays(begins: int, ends: int) -> Callable[[date], Hours]:
    return lambda day: (begins, ends) if day.weekday() < 5 else None


def _without_dora(hours: Callable[[date], Hours]) -> Callable[[date], Hours]:
    return lambda day: None if AWAY[0].date() <= day < AWAY[1].date() else hours(day)


CALENDARS: dict[str, Callable[[date], Hours]] = {
    HOUSE: _weekdays(12, 21),
    SOUTH: _weekdays(11, 20),
    LATE: _weekdays(15, 21),
    HOUSE_WITHOUT_DORA: _without_dora(_weekdays(12, 21)),
    ALL_WITHOUT_DORA: _without_dora(lambda day: (0, 24)),
}


def handoff_id(name: str) -> str:
    """Id of the passage that `Company.story(name, …)` opens."""
    return hashlib.md5(f"rd_station_crm:deal:d-{name}".encode()).hexdigest()


def at(text: str) -> datetime:
    """An instant from its text."""
    return datetime.fromisoformat(text)
