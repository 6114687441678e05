"""State of one company: numbers never given out twice, tokens, the inbox, pinned agreements, the run log."""

from __future__ import annotations

import sqlite3
import stat
import threading
from datetime import datetime
from pathlib import Path

import pytest

from contract.registry import Record
from orchestration.state import State


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(f"sqlite:///{tmp_path}/state.db", tmp_path / "locks")


def test_sequences_are_unique_across_threads_and_connections(state: State, tmp_path: Path) -> None:
    other = State(state.url, tmp_path / "locks")
    numbers: list[int] = []

    def take(which: State) -> None:
        for _ in range(25):
            numbers.append(which.next_load_seq())

    threads = [threading.Thread(target=take, args=(which,)) for which in (state, other, state, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 101))
    assert state.current_value("load_seq") == 100
    assert state.current_value("unknown") == 0


def test_state_holds_tokens_and_is_private(state: State, tmp_path: Path) -> None:
    store = state.token_store
    assert store.get("rd_station") is None
    store.put("rd_station", {"access_token": "a"})
    store.put("rd_station", {"access_token": "b"})
    assert store.get("rd_station") == {"access_token": "b"}
    assert stat.S_IMODE((tmp_path / "state.db").stat().st_mode) == 0o600
    with store.lock("rd_station"):
        pass


def test_each_system_has_a_lock_of_its_own_whatever_its_name(state: State, tmp_path: Path) -> None:
    store = state.token_store
    names = ("rd_station", "protheus:http://127.0.0.1:8080/rest:user", "protheus:http://127.0.0.1:8080/rest/user")
    with store.lock(names[0]), store.lock(names[1]), store.lock(names[2]):  # two of one file would wait for each other
        assert len({path.name for path in tmp_path.rglob("token-*.lock")}) == len(names)


def test_inbox_keeps_each_event_once_and_in_order(state: State) -> None:
    row = {"system": "rd_station_crm", "event_type": "crm_deal_updated", "occurred_at": datetime(2026, 1, 2)}
    assert state.inbox.last_seq() == 0
    assert state.inbox.add({**row, "event_key": "a"})
    assert not state.inbox.add({**row, "event_key": "a"})
    assert state.inbox.add({**row, "event_key": "b"})
    assert state.inbox.add({**row, "event_key": "a", "system": "rd_station"})
    sequences = [event["inbox_seq"] for event in state.inbox.after(0, batch=2)]
    assert sequences == sorted(set(sequences))
    assert len(sequences) == 3
    assert [event["event_key"] for event in state.inbox.after(sequences[0])] == ["b", "a"]
    assert state.inbox.last_seq() == sequences[-1]


def test_a_pinned_agreement_is_not_overwritten(state: State) -> None:
    state.remember_agreements([Record("v1", "hash", {}, "2026-01-01")])
    state.remember_agreements([Record("v1", "other", {"2026-01-02": "closed"}, "2026-01-03")])
    assert state.agreement_records() == [Record("v1", "hash", {"2026-01-02": "closed"}, "2026-01-03")]


def test_run_log_keeps_the_last_good_run(state: State) -> None:
    with state.logged("publish") as detail:
        detail["rows"] = 3
    with pytest.raises(ZeroDivisionError), state.logged("publish"):
        raise ZeroDivisionError
    assert state.last_runs()["publish"]["status"] == "failed"
    assert state.last_runs(status="ok")["publish"]["detail"] == {"rows": 3}


def test_counters(state: State) -> None:
    assert [state.count("webhook_bad_body") for _ in range(2)] == [1, 2]
    assert state.counter_values() == {"webhook_bad_body": 2}


def test_an_inbox_of_an_older_release_gains_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "create table inbox (inbox_seq integer primary key autoincrement, system text not null, event_type text not null,"
            " event_key text not null, received_at datetime not null, unique (system, event_key))"
        )
        connection.execute("insert into inbox values (1, 'rd_station', 'x', 'k', '2026-06-30 12:00:00.000000')")
    for _ in range(2):
        state = State(f"sqlite:///{path}", tmp_path)
        assert [row["refusal"] for row in state.inbox.after(0)][:1] == [None]
    assert state.inbox.add_all([{"system": "hubspot", "event_type": "deal.x", "event_key": "k", "object_id": "1"}]) == {("hubspot", "k")}
