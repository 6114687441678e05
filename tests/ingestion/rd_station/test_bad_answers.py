"""Ten kinds of bad answer of RD Station Marketing: in quarantine or a clear error, and the rest of the load intact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from ingestion.errors import IngestionError
from ingestion.rd_station import RdStationApi, RdStationConfig, run
from tests.ingestion.fakes import Home
from tests.ingestion.spoiling import (
    Spoil,
    Spoiling,
    changed,
    cut_short,
    first,
    other_encoding,
    page_of_html,
    same_again,
)
from tests.support.sandbox import SandboxHandle, running_sandbox

LIST, BODY, FUNNEL, EVENTS = "/segmentations/1/contacts$", "/contacts/uuid:[^/]+$", "/funnels/default$", "/contacts/[^/]+/events$"
NOT_JSON, SAME = "error: not JSON", "error: gave the same page twice"
EVENT = {"event_type": "CONVERSION", "event_identifier": "a", "event_timestamp": "2026-05-01T10:00:00.000-03:00", "payload": {}}
LATER = "2036-01-01T00:00:00.000-03:00"


def _event(**values: Any) -> Spoil:
    def change(body: Any) -> None:
        if body:
            body[0].update(values)

    return changed(change)


# Path, what is done to the first answer (to every answer: True), what comes of it.
CASES: dict[str, tuple[str, Spoil, bool, str]] = {
    "truncated": (LIST, cut_short, True, NOT_JSON),
    "wrong type": (BODY, changed(lambda body: body.update(extra_emails=5)), False, "contacts None: cannot be read (TypeError)"),
    "missing key": (FUNNEL, changed(lambda body: body.pop("lifecycle_stage")), False, "contacts lifecycle_stage: missing"),
    "unknown enum": (FUNNEL, changed(lambda body: body.update(lifecycle_stage="Alien")), False, "fine"),
    "html": (BODY, page_of_html, False, "later"),
    "no object": (BODY, lambda _body: b"[]", False, "contacts None: not an object"),
    "no id": (LIST, first("contacts", lambda row: row.pop("uuid")), False, "segmentation_contacts uuid: missing or not an id"),
    "empty page": (LIST, changed(lambda body: body.update(contacts=[])), True, "error: is empty, and"),
    "repeated page": (LIST, same_again([]), True, SAME),
    "repeated events": (EVENTS, lambda _body: orjson.dumps([EVENT] * 10), True, "error: the same page again and again"),
    "future": (LIST, first("contacts", lambda row: row.update(last_conversion_date=LATER)), False,
               "segmentation_contacts last_conversion_date: lies in the future"),
    "future event": (EVENTS, _event(event_timestamp=LATER), True, "conversions event_timestamp: lies in the future"),
    "no instant": (EVENTS, _event(event_timestamp="ontem"), True, "conversions event_timestamp: missing or not an instant"),
    "huge": (BODY, changed(lambda body: body.update(name="x" * 100_000)), False, "contacts name: longer than 4000 characters"),
    "encoding": (LIST, other_encoding, True, NOT_JSON),
}  # fmt: skip
FAST = ("wrong type",)


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox({"seed": 6, "leads": 140, "months": 2}, limits=False) as running:
        yield running


def load(box: SandboxHandle, home: Home, transport: Any = None) -> tuple[str, ...]:
    """One run of the reader; its notes."""
    own = box.credentials["marketing"]
    config = RdStationConfig(
        own["client_id"], own["client_secret"], own["refresh_token"], base_url=box.url, workers=4, relist_hours=0, full_sweep_days=99
    )
    home.clock.instant = box.now()
    ports = home.ports()
    api = RdStationApi(config, ports, transport)
    try:
        return run(config, ports, home.target, api).notes
    finally:
        api.close()


@pytest.mark.parametrize("case", [pytest.param(case, marks=() if case in FAST else pytest.mark.long) for case in CASES])
def test_a_bad_answer_spoils_nothing_else(box: SandboxHandle, home: Home, case: str) -> None:
    path, spoil, always, wanted = CASES[case]
    assert box.app is not None
    company = box.app.sandbox.engine.marketing.contacts
    everyone, notes = len(company), ()
    if wanted.startswith("error: "):
        with pytest.raises(IngestionError, match=wanted.removeprefix("error: ")):
            load(box, home, Spoiling(path, spoil, always))
    else:
        notes = load(box, home, Spoiling(path, spoil, always))
        refused = {f"{table} {column}: {reason}" for table, column, reason in home.query(
            "select source_table, column_name, reason from raw_rd_station.quarantine")}  # fmt: skip
        assert refused == (set() if wanted in ("fine", "later") else {wanted})
        landed = home.query("select count(distinct contact_uuid) from raw_rd_station.contacts")[0][0]
        lost = 0 if wanted == "fine" or wanted.startswith("conversions") else 1
        assert landed == everyone - lost
    if wanted == "later":
        assert any("could not be read and stay on the list" in note for note in notes)
    load(box, home)  # the outside answers well again: what was missing comes, nothing comes twice
    count = "select count(*), count(distinct contact_uuid) from raw_rd_station.contacts where not is_deleted"
    assert home.query(count) == [(everyone, everyone)]
    assert home.query("select max(last_conversion_at) < timestamp '2030-01-01' from raw_rd_station.segmentation_contacts") == [(True,)]
    if not wanted.startswith("conversions"):  # an event is asked for again when its contact converts, or by the sweep
        events = sum(one.type in ("CONVERSION", "OPPORTUNITY") for contact in company.values() for one in contact.interactions)
        assert home.query("select count(*), count(distinct event_key) from raw_rd_station.conversions") == [(events, events)]
    before = home.query("select count(*) from raw_rd_station.quarantine")
    load(box, home)
    assert home.query("select count(*) from raw_rd_station.quarantine") == before
