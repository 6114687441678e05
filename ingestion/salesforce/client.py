"""The calls to Salesforce that Bastão makes: SOQL by REST, describe. Errors are arrays of {message, errorCode} (4.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from ingestion.errors import ApiError, QuotaExhausted, SourceError
from ingestion.http import ApiClient, Response
from ingestion.ports import Ports
from ingestion.rows import Row
from ingestion.salesforce.session import SalesforceSession
from ingestion.salesforce.settings import SYSTEM, SalesforceConfig

HOUR = 3600.0
BUSY_ATTEMPTS = 5  # of a call that met too many long ones at once: that passes in seconds
_USAGE = re.compile(r"(?<!app-)api-usage=(\d+)/(\d+)")


class Refused(ApiError):
    """Salesforce refused a call; `code` is its errorCode."""

    def __init__(self, path: str, status: int, code: str) -> None:
        super().__init__(f"GET {path} answered {status} ({code}).", status=status)
        self.code = code


@dataclass(frozen=True)
class Batch:
    """Records of one answer, the service's instant of it, and the total that it names."""

    records: list[Any]
    served_at: datetime | None
    total: int | None


class SalesforceApi:
    """One org. Safe for several threads."""

    def __init__(
        self, config: SalesforceConfig, ports: Ports, transport: httpx.BaseTransport | None = None
    ) -> None:
        session = SalesforceSession(config, ports.tokens, ports.clock, transport)
        self._config, self._clock = config, ports.clock
        self._http = ApiClient(
            config.base_url, session, ports.limiter, config.owner, ports.clock,
            patience_seconds=config.patience_seconds, transport=transport,
        )  # fmt: skip
        self._base = f"/services/data/{config.version}"
        self._over = False

    @property
    def requests(self) -> int:
        """Calls made so far, repeats included."""
        return self._http.requests

    def query(self, soql: str) -> Iterator[Batch]:
        """The batches of a query, deleted and merged rows included. `Refused` with its code when Salesforce does not want it."""
        path, params = f"{self._base}/queryAll", {"q": soql}
        seen = set[str]()
        while True:
            answer = self._get(path, params)
            body = answer.json
            if not isinstance(body, dict) or not isinstance(body.get("records"), list):
                raise SourceError(f"{SYSTEM}: a query answered without a list of records.")
            total = body.get("totalSize")
            yield Batch(body["records"], answer.served_at, total if isinstance(total, int) else None)
            following = body.get("nextRecordsUrl")
            if body.get("done") is not False or not following:
                return
            # Only the locator is taken: an answer does not choose the host, nor the resource, that is asked next.
            locator = str(following).rstrip("/").rpartition("/")[2]
            if locator in seen or not re.fullmatch(r"[\w-]+", locator):
                raise SourceError(f"{SYSTEM}: a query's next batch is one that was read before; run again.")
            seen.add(locator)
            path, params = f"{self._base}/query/{locator}", {}

    def describe(self, name: str) -> dict[str, Row]:
        """The fields of an object that this user sees, by API name."""
        body = self._get(f"{self._base}/sobjects/{name}/describe", {}).json
        fields = body.get("fields") if isinstance(body, dict) else None
        if not isinstance(fields, list):
            raise SourceError(f"{SYSTEM}: describe of {name} answered without fields.")
        return {str(row.get("name")): row for row in fields if isinstance(row, dict)}

    def calls_left(self) -> tuple[int, int, datetime | None]:
        """API calls left today, the day's maximum, of the whole org, and the org's own instant; SourceError when they are not told."""
        answer = self._get(f"{self._base}/limits", {})
        body = answer.json
        daily = body.get("DailyApiRequests") if isinstance(body, dict) else None
        if not isinstance(daily, dict) or not isinstance(daily.get("Remaining"), int):
            raise SourceError(f"{SYSTEM}: limits answered without DailyApiRequests.")
        return daily["Remaining"], int(daily.get("Max") or 0), answer.served_at

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _get(self, path: str, params: Mapping[str, Any]) -> Response:
        if self._over:  # the answer that told it was kept; the next call is not made
            raise QuotaExhausted(self._config.owner, "rest", HOUR)
        for attempt in range(BUSY_ATTEMPTS):
            answer = self._http.request("GET", path, params=params, resource="rest")
            used, most = _usage(answer)
            if 200 <= answer.status < 300:
                if not answer.is_json:
                    raise ApiError(
                        f"GET {path} answered {answer.status} with a body that is not JSON (an error page, or an answer cut "
                        "off). Check sources.salesforce.base_url; if it is right, run again later.",
                        status=answer.status,
                    )
                self._over = bool(most) and used >= most * self._config.daily_share
                return answer
            code = _code(answer.json)
            if code != "REQUEST_LIMIT_EXCEEDED":
                raise Refused(path, answer.status, code)
            if most and used >= most:
                raise QuotaExhausted(self._config.owner, "rest", HOUR)
            self._clock.sleep(2.0 ** (attempt + 1))
        raise QuotaExhausted(self._config.owner, "rest", 60.0)


def _usage(answer: Response) -> tuple[int, int]:
    found = _USAGE.search(answer.headers.get("sforce-limit-info") or "")
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _code(body: Any) -> str:
    """The errorCode; never the message, it may quote values."""
    first = body[0] if isinstance(body, list) and body else body
    code = first.get("errorCode") if isinstance(first, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"[A-Z_]{3,60}", code) else "no error code"
