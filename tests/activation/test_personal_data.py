"""No e-mail or name reaches the ledger, the quota tables, the logs or an error, whatever the outside answers."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from activation.delivery import deliver
from activation.destinations.rd_station_contact import RdConsent
from activation.destinations.rd_station_nurture import RdStationNurture
from activation.errors import PlanError
from activation.limits import rd_station_limits
from activation.outbox import Outbox
from activation.quota import SqlLimiter
from tests.activation.loopback import Answer, Loopback, PlainApi, RealClock
from tests.activation.support import SYNC, plan_mapping, policy

FAULTS = ["429_lead", "400", "500_after", "html", "drop_after", "slow_after", "429_account", "ok", "401"]
SECRET = "maria.segredo"


class LimitedApi(PlainApi):
    """Asks the limiter first, with the key that the destination gives."""

    def __init__(self, base: str, limiter: SqlLimiter):
        super().__init__(base)
        self.limiter = limiter

    def request(self, method: str, path: str, *, resource: str = "", key: str | None = None, **rest: object) -> Answer:
        self.limiter.acquire("rd_station:x", resource, key)
        return super().request(method, path, **rest)  # type: ignore[arg-type]


def test_nothing_personal_is_written_down(
    loopback: Loopback, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, logger="bastao")
    loopback.control(faults=FAULTS)
    url = f"sqlite:///{tmp_path / 'state.db'}"
    outbox, limiter = Outbox(url), SqlLimiter(url, {"rd_station": rd_station_limits("advanced")})
    api = LimitedApi(loopback.base, limiter)
    now = RealClock().now()
    plan = [
        plan_mapping(f"s{n}", email=f"{SECRET}.{n}@example.com.br", name="Maria Segredo", closed_at=now - timedelta(days=1))
        for n in range(10)
    ]  # fmt: skip
    rules = policy(go_live=now - timedelta(days=9), settle_seconds=0.05, backoff_seconds=0.05, max_failures_in_a_row=99)
    for _ in range(2):
        report = deliver(SYNC, plan, outbox, RdStationNurture(api), RealClock(), rules, consent=RdConsent(api))
    assert report.pending == 0
    outbox.engine.dispose()
    limiter.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    out, err = capfd.readouterr()
    everything = b"".join(path.read_bytes() for path in files) + (out + err + caplog.text + str(report)).encode()
    assert b"nurture_return" in everything and b"http_400" in everything
    for word in (b"segredo", b"Segredo", b"@example"):
        assert word not in everything, word


def test_errors_about_plan_rows_name_ids_and_columns_only(tmp_path: Path) -> None:
    row = plan_mapping("a", email=f"{SECRET}@example.com.br")
    for broken in ({**row, "closed_at": f"{SECRET}@example.com.br"}, {**row, "eligible": SECRET}):
        with pytest.raises(PlanError) as error:
            deliver(SYNC, [broken], Outbox(f"sqlite:///{tmp_path / 's.db'}"), RdStationNurture(PlainApi("")), RealClock(), policy())
        assert SECRET not in str(error.value)  # fmt: skip
