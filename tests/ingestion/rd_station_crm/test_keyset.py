"""Pages by key: nothing lost, nothing twice, whatever the filter's zone means."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ingestion.errors import SourceError
from ingestion.http import Response
from ingestion.rd_station_crm.client import CrmApi
from ingestion.rd_station_crm.keyset import rows_since

START = datetime(2026, 6, 1)


class FakeV2:
    """Filters and sorts like v2; `offset` is how many hours its filter values are off UTC."""

    def __init__(self, stamps: list[datetime], offset: int = 0, ignores_filter: bool = False) -> None:
        self.rows = [
            {"id": f"d{n:05}", "updated_at": at.isoformat(timespec="milliseconds") + "Z"}
            for n, at in enumerate(stamps)
        ]
        self.offset, self.ignores_filter = timedelta(hours=offset), ignores_filter
        self.calls: list[dict[str, Any]] = []
        self.meanwhile: dict[int, Any] = {}

    v2_page = CrmApi.v2_page

    def v2(self, path: str, params: dict[str, Any]) -> Response:
        self.calls.append(params)
        self.meanwhile.get(len(self.calls), lambda: None)()
        rows = sorted(self.rows, key=lambda row: (row["updated_at"], row["id"]))
        if "filter" in params and not self.ignores_filter:
            low = datetime.fromisoformat(params["filter"].split('"')[1]) + self.offset
            rows = [row for row in rows if row["updated_at"] >= low.isoformat()]
        page, size = params["page[number]"], params["page[size]"]
        shown = rows[(page - 1) * size : page * size]
        more = "https://internal/api/v2/deals" if page * size < min(len(rows), 10_000) else None
        return Response(200, {}, {"data": shown, "links": {"next": more}})


def ids(api: FakeV2, since: datetime | None = None) -> list[str]:
    return [row["id"] for page in rows_since(api, "/deals", "updated_at", since) for row in page]  # type: ignore[arg-type]


def spread(count: int, step: timedelta) -> list[datetime]:
    return [START + step * n for n in range(count)]


@pytest.mark.parametrize("offset", [0, 3])
@pytest.mark.parametrize("step", [timedelta(minutes=7), timedelta(milliseconds=300), timedelta(0)])
def test_every_row_once(offset: int, step: timedelta) -> None:
    api = FakeV2(spread(1030, step), offset)
    found = ids(api)
    assert sorted(found) == [row["id"] for row in api.rows]
    assert len(found) == len(set(found))


def test_beyond_the_window_of_ten_thousand() -> None:
    api = FakeV2(spread(10_450, timedelta(seconds=90)))
    assert len(set(ids(api))) == 10_450
    assert max(call["page[number]"] for call in api.calls) == 1


def test_equal_stamps_at_the_edge_are_neither_lost_nor_doubled() -> None:
    stamps = (
        spread(150, timedelta(minutes=1)) + [START + timedelta(hours=3)] * 180 + spread(40, timedelta(days=1))
    )
    found = ids(FakeV2(stamps))
    assert len(found) == len(set(found)) == 370


def test_a_row_that_changes_while_we_read_pushes_no_other_out() -> None:
    api = FakeV2(spread(600, timedelta(minutes=1)))

    def change() -> None:
        api.rows[3]["updated_at"] = "2026-07-01T00:00:00.000Z"

    api.meanwhile = {2: change}
    assert set(ids(api)) == {row["id"] for row in api.rows}


def test_a_filter_that_is_ignored_falls_back_to_page_numbers() -> None:
    api = FakeV2(spread(900, timedelta(minutes=1)), ignores_filter=True)
    assert len(set(ids(api))) == 900


def test_more_rows_in_one_second_than_can_be_listed() -> None:
    with pytest.raises(SourceError, match="share one updated_at"):
        ids(FakeV2([START] * 10_100))


def test_since_goes_into_the_first_filter() -> None:
    api = FakeV2(spread(10, timedelta(hours=1)))
    assert ids(api, START + timedelta(hours=6)) == ["d00006", "d00007", "d00008", "d00009"]
