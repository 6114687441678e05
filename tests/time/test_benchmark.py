"""The benchmark runs and compares like with like; its promise is checked at full size by the long tests."""

from __future__ import annotations

import json

import pytest

from benchmarks import business_time


def test_it_runs_and_agrees_with_a_known_library(capsys: pytest.CaptureFixture[str]) -> None:
    business_time.main(
        ["--intervals", "5000", "--starts", "500", "--sample", "15", "--rounds", "1", "--json"]
    )
    result = json.loads(capsys.readouterr().out)
    assert result["intervals"] == 5000
    assert result["library"]["equal"] == 1
    assert set(result["seconds"]) == set(business_time.QUERIES)
    assert result["due_per_second"] > 0


@pytest.mark.long
def test_working_seconds_cost_at_most_the_promise() -> None:
    assert business_time.main([]) == 0
