"""By REST: the same rows as by SQL for the same company, the doubtful facts both ways, and tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from ingestion.errors import AuthError, SourceError
from ingestion.protheus import ProtheusConfig, RestAccess, run
from ingestion.protheus.reader import ALIASES
from tests.ingestion.fakes import DirectLanding, FakeClock, Home
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated

TABLES = (*ALIASES, "customer_identifiers", "table_sharing")


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxHandle]:
    world = simulated(seed=5, leads=40, months=3)
    with running_sandbox(world, home=str(tmp_path_factory.mktemp("box"))) as handle:
        yield handle


def configs(box: SandboxHandle) -> tuple[ProtheusConfig, ProtheusConfig]:
    given = box.credentials["protheus"]
    access = RestAccess(given["rest_url"], given["username"], given["password"])
    return ProtheusConfig(given["url"]), ProtheusConfig(mode="rest", rest=access)


@pytest.fixture
def two(box: SandboxHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Home, Home]]:
    """Two warehouses at the world's instant: one for SQL, one for REST."""
    monkeypatch.setattr("ingestion.runner.Landing", DirectLanding)
    homes = []
    for name in ("sql", "rest"):
        (tmp_path / name).mkdir()
        home = Home(tmp_path / name)
        home.clock = FakeClock(box.get("/sandbox/clock")["now"])
        homes.append(home)
    before = box.get("/sandbox/config")
    yield homes[0], homes[1]
    box._post("/sandbox/config", {key: value for key, value in before.items() if key.startswith("protheus_rest")})


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer tables, where a test is about the way in."""
    monkeypatch.setattr("ingestion.protheus.reader.ALIASES", ("sa1", "sf2", "sd2", "sf4"))


def content(home: Home) -> dict[str, list[Any]]:
    """Every row of every table without provenance."""
    columns = "* exclude (load_seq, row_seq, extracted_at, _dlt_load_id, _dlt_id)"
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = {name: connection.execute(f"select {columns} from raw_protheus.{name}").fetchall() for name in TABLES}
    return {name: sorted(found, key=repr) for name, found in rows.items()}


def load(home: Home, config: ProtheusConfig, **options: Any) -> Any:
    return run(config, home.ports(), home.target, **options)


def test_rest_gives_the_rows_of_sql(box: SandboxHandle, two: tuple[Home, Home]) -> None:
    by_sql, by_rest = configs(box)
    load(two[0], by_sql)
    load(two[1], by_rest)
    expected, found = content(two[0]), content(two[1])
    assert [name for name in TABLES if expected[name] != found[name]] == []
    assert sum(map(len, expected.values())) > 400
    assert all(expected[name] for name in ("sus", "ad1", "aij", "ady", "adz", "ac2", "se1", "sd2", "table_sharing"))
    box.advance(5 * 86400)
    for home, config in zip(two, (by_sql, by_rest), strict=True):
        home.clock.sleep(5 * 86400)
        changed = load(home, config).rows_by_table
        assert changed["sd2"] < len(expected["sd2"])
    assert content(two[0]) == content(two[1])
    assert load(two[1], by_rest).rows == 0


DOUBTS = [
    {"protheus_rest_key_case": "upper", "protheus_rest_dates": "iso", "protheus_rest_padded": True, "protheus_rest_page_max": 7},
    {"protheus_rest_dictionary": False, "protheus_rest_encoding": "cp1252", "protheus_rest_expires_in": False},
]


@pytest.mark.long
@pytest.mark.parametrize("switches", DOUBTS, ids=["shapes", "no_dictionary_cp1252"])
def test_doubtful_facts_change_no_row(box: SandboxHandle, two: tuple[Home, Home], switches: dict[str, Any]) -> None:
    by_sql, by_rest = configs(box)
    load(two[0], by_sql)
    box._post("/sandbox/config", switches)
    load(two[1], by_rest)
    expected, found = content(two[0]), content(two[1])
    known = [name for name in TABLES if name != "table_sharing" or switches.get("protheus_rest_dictionary", True)]
    assert [name for name in known if expected[name] != found[name]] == []


@pytest.mark.long
def test_without_stamps_in_fields_the_tables_are_read_by_numbers(box: SandboxHandle, two: tuple[Home, Home]) -> None:
    box._post("/sandbox/config", {"protheus_rest_control_columns": "no_stamp"})
    report = load(two[1], configs(box)[1])
    assert any("no S_T_A_M_P_" in note for note in report.notes)
    assert report.rows_by_table["sd2"] > 0


@pytest.mark.parametrize(
    ("switches", "message"),
    [
        ({"protheus_rest_control_columns": "none"}, "gives no R_E_C_N_O_ and D_E_L_E_T_.*mode: sql"),
        ({"protheus_rest_order": False, "protheus_rest_page_max": 5}, "does not keep `order`"),
        ({"protheus_rest_security": False}, "SECURITY=1"),
    ],
)
def test_what_cannot_be_trusted_is_said(
    box: SandboxHandle, two: tuple[Home, Home], few: None, switches: Any, message: str
) -> None:
    box._post("/sandbox/config", switches)
    with pytest.raises(SourceError, match=message):
        load(two[1], configs(box)[1])


def test_tokens_are_renewed_and_shared(box: SandboxHandle, two: tuple[Home, Home], few: None) -> None:
    home, config = two[1], configs(box)[1]
    load(home, config)
    box._post("/sandbox/tokens/expire", {})
    tokens = box.app.sandbox.protheus_tokens  # type: ignore[union-attr]
    logins = tokens.logins
    load(home, config)
    assert tokens.logins == logins and tokens.refreshes > 0  # the refresh token served
    tokens.expire()
    tokens.refresh.clear()  # the server was restarted: user and password again
    load(home, config)
    assert tokens.logins == logins + 1
    wrong = replace(config, rest=replace(config.rest, password="wrong"))  # type: ignore[type-var]
    home.tokens.tokens.clear()
    with pytest.raises(AuthError, match="refuses user and password"):
        load(home, wrong)
    assert "wrong" not in repr(wrong) + repr(wrong.rest)


def test_the_password_travels_in_the_body(box: SandboxHandle, two: tuple[Home, Home], few: None) -> None:
    seen: list[httpx.Request] = []

    class Watching(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return super().handle_request(request)

    config = configs(box)[1]
    load(two[1], config, transport=Watching())
    assert not [request for request in seen if "password" in str(request.url)]
    assert {request.headers["tenantid"] for request in seen if "genericQuery" in request.url.path} == {"01,01"}
