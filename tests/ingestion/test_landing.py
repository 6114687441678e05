"""What lands through dlt, and what is left after things went wrong between two loads."""

import shutil
from collections.abc import Iterator
from datetime import datetime

import pytest

from ingestion import landing, tables
from ingestion.errors import LandingError
from ingestion.runner import Reader, Session, Slice, load
from tests.ingestion.fakes import Home

SCHEMA = "raw_rd_station"


def run(home: Home, reader: Reader):
    return load("bastao_rd_station", SCHEMA, reader, home.target, home.ports())


def contacts(*uuids: str) -> Slice:
    return Slice({"contacts": [{"contact_uuid": uuid, "name": " ", "is_deleted": False} for uuid in uuids]})


def counting(session: Session) -> Iterator[Slice]:
    session.state["n"] = session.state.get("n", 0) + 1
    yield contacts(f"c{session.state['n']}")


def landed(home: Home) -> list[str]:
    return [
        row[0]
        for row in home.query("select contact_uuid from raw_rd_station.contacts order by load_seq, row_seq")
    ]


def test_rows_cursors_and_types_arrive_together(dlt_home: Home) -> None:
    report = run(dlt_home, counting)
    assert report.rows_by_table == {"contacts": 1}
    run(dlt_home, counting)
    assert landed(dlt_home) == ["c1", "c2"]
    provenance = dlt_home.query(
        "select load_seq, row_seq, record_origin, _dlt_load_id is not null from raw_rd_station.contacts"
    )
    assert provenance == [(1, 1, "poll", True), (2, 1, "poll", True)]
    types = dict(dlt_home.query("select column_name, data_type from information_schema.columns "
                                "where table_name = 'contacts' and table_schema = 'raw_rd_station'"))  # fmt: skip
    assert types["created_at"] == "TIMESTAMP"
    assert not [name for name in types if "__v_" in name]
    assert all(holder.startswith("bastao_rd_station: ") for holder in dlt_home.holders)


def test_the_warehouse_is_the_truth(dlt_home: Home) -> None:
    """A lost pipeline folder, then a lost warehouse: no gap, no repetition."""
    run(dlt_home, counting)
    shutil.rmtree(dlt_home.target.home / "bastao_rd_station")
    run(dlt_home, counting)
    assert landed(dlt_home) == ["c1", "c2"]
    dlt_home.warehouse.unlink()
    run(dlt_home, counting)
    assert landed(dlt_home) == ["c1"]


def test_a_warehouse_restored_from_a_copy_takes_its_cursors_along(dlt_home: Home) -> None:
    run(dlt_home, counting)
    copy = dlt_home.warehouse.with_suffix(".copy")
    shutil.copy(dlt_home.warehouse, copy)
    run(dlt_home, counting)
    shutil.copy(copy, dlt_home.warehouse)
    run(dlt_home, counting)
    assert landed(dlt_home) == ["c1", "c2"]


@pytest.mark.parametrize("step", ["normalize", "load"])
def test_a_package_left_behind_is_loaded_first(
    dlt_home: Home, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    original = landing.Landing._step

    def die(self: landing.Landing, name: str) -> None:
        if name == step and self._pipeline.has_pending_data:
            raise KeyboardInterrupt
        original(self, name)  # type: ignore[arg-type]

    monkeypatch.setattr(landing.Landing, "_step", die)
    with pytest.raises(KeyboardInterrupt):
        run(dlt_home, counting)
    monkeypatch.setattr(landing.Landing, "_step", original)
    run(dlt_home, counting)
    assert landed(dlt_home) == ["c1", "c2"]


def test_a_new_column_of_a_release_is_added(dlt_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    run(dlt_home, counting)
    spec = tables.TABLES[SCHEMA]["contacts"]
    wider = tables.TableSpec(SCHEMA, "contacts", (*spec.columns, tables.Column("country")))
    monkeypatch.setitem(tables.TABLES[SCHEMA], "contacts", wider)
    run(dlt_home, lambda session: [Slice({"contacts": [{"contact_uuid": "c2", "country": "BR"}]})])
    assert dlt_home.query("select country from raw_rd_station.contacts order by load_seq") == [
        (None,),
        ("BR",),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"surprise": 1}, "raw_rd_station.contacts has no column surprise"),
        ({"contact_uuid": 7}, r"raw_rd_station.contacts.contact_uuid: a value is not of type text"),
        ({"created_at": "segredo"}, r"raw_rd_station.contacts.created_at: a value is not of type timestamp"),
    ],
)
def test_a_surprise_is_an_error_that_quotes_nothing(home: Home, row: dict[str, object], message: str) -> None:
    with pytest.raises(LandingError, match=message) as caught:
        run(home, lambda session: [Slice({"contacts": [row]})])
    assert "segredo" not in str(caught.value)


def test_what_was_read_before_an_error_is_kept(home: Home) -> None:
    def reader(session: Session) -> Iterator[Slice]:
        session.state["seen"] = 1
        yield contacts("c1")
        raise LandingError("the service is down")

    with pytest.raises(LandingError):
        run(home, reader)
    assert landed(home) == ["c1"]
    states: list[dict[str, object]] = []
    run(home, lambda session: states.append(dict(session.state)) or [])  # type: ignore[func-returns-value]
    assert states == [{"seen": 1}]


def test_instants_with_a_zone_become_utc(home: Home) -> None:
    moment = datetime.fromisoformat("2026-01-10T11:05:02.118-03:00")
    run(home, lambda session: [Slice({"contacts": [{"contact_uuid": "c", "created_at": moment}]})])
    stored = home.query("select created_at from raw_rd_station.contacts")
    assert stored == [(datetime(2026, 1, 10, 14, 5, 2, 118000),)]
