"""The truth's normal forms and business time against the published vectors."""

import csv
import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sandbox.truth import normal
from sandbox.truth.business_time import Calendar, is_holiday, is_optional_day_off

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "contracts" / "examples" / "brazil"
pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the contract vectors (../shared beside the repository) are not here"
)


def _rows(name: str) -> list[dict[str, str]]:
    with (VECTORS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_phones() -> None:
    for row in _rows("phone_vectors.csv"):
        e164, reason = normal.phone(row["input"], row["default_ddd"])
        assert (e164 or "") == row["expected_e164"], row
        if row["type"] in ("toll_free", "shared_or_premium", "foreign"):
            assert reason == row["type"], row
        else:
            assert reason == row["reason"], row
        key = normal.phone_key(row["input"])
        if reason == "" and not row["default_ddd"]:
            assert key == row["match_key_ddd_plus_last8"], row


def test_cnpj() -> None:
    for row in _rows("cnpj_vectors.csv"):
        assert (normal.cnpj(row["input"]) or "") == row["normalized"], row


def test_cpf() -> None:
    for row in _rows("cpf_vectors.csv"):
        assert (normal.cpf(row["input"]) or "") == row["normalized"], row


def test_holidays() -> None:
    for row in _rows("national_holidays_2024_2027.csv"):
        day = date.fromisoformat(row["date"])
        if row["category"] == "national_holiday":
            assert is_holiday(day), row
        else:
            assert not is_holiday(day) or row["date"].endswith("12-25"), row


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def _calendar(case: dict[str, object]) -> Calendar:
    optional = bool(case["optional_points_closed"])
    return Calendar(
        ((time(8), time(18)),),
        ZoneInfo(str(case["time_zone"])),
        lambda day: is_holiday(day) or (optional and is_optional_day_off(day)),
    )


def test_business_time() -> None:
    vectors = json.loads((VECTORS / "business_time_vectors.json").read_text(encoding="utf-8"))
    for case in vectors["elapsed"]:
        found = _calendar(case).seconds(_instant(case["start"]), _instant(case["end"]))
        assert found == case["business_minutes"] * 60, case
    for case in vectors["due"]:
        found_due = _calendar(case).due(_instant(case["start"]), case["business_minutes"] * 60)
        assert found_due == _instant(case["due"]), case
