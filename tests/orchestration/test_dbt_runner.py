"""dbt inside this process: variables arrive, failures are named, the warehouse is free afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from orchestration import dbt_runner, stages
from orchestration.dbt_log import dbt_log, redact
from orchestration.dbt_runner import DbtError, DbtFailure
from orchestration.profile import Profile
from tests.orchestration.conftest import FixedClock

SELECT = "stg_agreement__versions"


@pytest.fixture
def company(prepared: Profile) -> Profile:
    """The prepared company itself, with an empty warehouse: in a home of its own dbt would parse everything anew."""
    prepared.paths.warehouse.unlink(missing_ok=True)
    return prepared


@pytest.mark.usefixtures("fixed_clock")
def test_build_of_a_part_leaves_the_warehouse_free_for_others(company: Profile) -> None:
    statuses = stages.transform(company, SELECT)
    assert statuses.get("success", 0) >= 1
    code = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('select * from staging.stg_agreement__versions')"
    done = subprocess.run([sys.executable, "-c", code, str(company.paths.warehouse)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_variables_are_what_is_known_now(company: Profile, fixed_clock: FixedClock) -> None:
    from orchestration import warehouse
    from orchestration.runtime import Runtime

    with Runtime(company) as runtime:
        runtime.state.next_load_seq()
        runtime.state.next_load_seq()
        variables = warehouse.variables(runtime)
        newest = runtime.state.current_value("load_seq")
    assert variables["as_of"] == f"{fixed_clock.now():%Y-%m-%d %H:%M:%S}"
    assert variables["known_at"] == newest > 1
    assert variables["go_live"] == "2026-06-01 03:00:00"
    assert variables["return_max_age_days"] == 30


@pytest.mark.usefixtures("fixed_clock")
def test_identity_goes_on_from_a_build_of_the_same_sql_and_settings_and_never_from_what_was_erased(company: Profile) -> None:
    from orchestration import warehouse
    from orchestration.runtime import Runtime

    def code(profile: Profile) -> str:
        with Runtime(profile) as runtime:
            return str(warehouse.variables(runtime)["identity_code"])

    stricter = company.model_copy(update={"identity": company.identity.model_copy(update={"max_records_per_identifier": 3})})
    assert code(company) == code(company) != code(stricter)
    with Runtime(company) as runtime:
        runtime.erasures.purge_due = True
        assert warehouse.variables(runtime)["identity_code"] == ""
        runtime.erasures.purge_due = False


@pytest.mark.usefixtures("fixed_clock")
def test_a_broken_model_is_named_with_its_file_and_the_log(company: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    stages.transform(company, SELECT)
    monkeypatch.setattr("orchestration.warehouse.create_missing", lambda _runtime: None)  # it would mend the table
    with duckdb.connect(str(company.paths.warehouse)) as connection:
        connection.execute("drop table raw_agreement.versions")
        connection.execute("create table raw_agreement.versions as select 1 as other")
    with pytest.raises(DbtError) as caught:
        stages.transform(company, SELECT)
    assert [failure.name for failure in caught.value.failures] == [SELECT]
    for word in ("model", "stg_agreement__versions.sql", "dbt.log"):
        assert word in str(caught.value)
    log = (company.paths.logs / "dbt" / "dbt.log").read_text()
    assert "[INFO   ]" in log and "[ERROR  ]" in log and "stg_agreement__versions.sql" in log
    with duckdb.connect(str(company.paths.warehouse)):
        pass  # the lock was given back


def test_manifest_is_not_parsed_again_when_nothing_changed(company: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbt_runner, "_parse", lambda _profile: pytest.fail("parsed"))
    assert dbt_runner.prepare_manifest(company) == company.paths.manifest


def test_a_home_takes_what_another_one_parsed(company: Profile, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = dbt_runner.fingerprint(company.engine, company.crm)
    dbt_runner.prepared.offer(company.paths.dbt, company.engine, company.crm, inputs)
    monkeypatch.setattr(dbt_runner, "_parse", lambda _profile: pytest.fail("parsed"))
    assert dbt_runner.prepare_manifest(profile) == profile.paths.manifest
    assert dbt_runner.node_count(profile) == dbt_runner.node_count(company)
    assert (profile.paths.dbt / dbt_runner.MARK).read_text() == inputs


def test_what_a_second_build_can_change(company: Profile) -> None:
    selected = set(dbt_runner.touched_by(company, {"raw_deliveries"}).split())
    manifest = dbt_runner.read_manifest(company)
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    assert "fct_deliveries" in selected  # reads the schema
    assert "rpt_open_clocks" in selected  # looks at the instant
    assert "stg_protheus__sd2" not in selected
    assert 10 < len(selected) < len(models)
    for node in models.values():
        # Whatever prints the instant is built again, and so is everything behind what is built again.
        assert node["name"] in selected or "as_of()" not in node["raw_code"]
        parents = {models[key]["name"] for key in node["depends_on"]["nodes"] if key in models}
        assert node["name"] in selected or not parents & selected


def test_errors_hold_nothing_personal() -> None:
    text = redact('Could not convert string "ana.moura@example.com.br" / "(11) 95555-0101" / 123.456.789-09 to INT')
    assert "ana.moura" not in text
    assert "95555" not in text
    assert "456" not in text


def test_long_lists_of_failures_are_cut(company: Profile) -> None:
    failures = [DbtFailure(f"t{number}", "test", "3 rows", "x.sql") for number in range(50)]
    assert "and 30 more" in str(DbtError(failures, company.paths.logs))


def test_the_log_says_what_happened_and_not_whose_value_it_was(tmp_path: Path) -> None:
    messages = [("debug", "On model.x: select 1"), ("info", "1 of 1 OK created sql view model x"), ("error", 'Could not convert "ana.moura@example.com.br"')]
    with dbt_log(tmp_path / "logs") as write:
        for level, text in messages:
            write(SimpleNamespace(info=SimpleNamespace(level=level, name="Event", msg=text)))
    lines = (tmp_path / "logs" / "dbt.log").read_text().splitlines()
    assert [line.split("] ", 1)[1] for line in lines] == ["1 of 1 OK created sql view model x", 'Could not convert "<e-mail>"']
