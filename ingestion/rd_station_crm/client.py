"""The calls to RD Station CRM that Bastão makes. v1 knows histories and origins, v2 what changed (rd_station.md B)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from ingestion.errors import ApiError, SourceError
from ingestion.http import ApiClient, Response
from ingestion.oauth import OAuth, OAuthApp, QueryToken
from ingestion.ports import Ports
from ingestion.rd_station_crm.settings import PAGE, SYSTEM, RdStationCrmConfig
from ingestion.rows import Row

BRASILIA_OFFSET = timedelta(hours=3)


class CrmApi:
    """RD Station CRM of one account. Safe for several threads."""

    def __init__(
        self, config: RdStationCrmConfig, ports: Ports, transport: httpx.BaseTransport | None = None
    ) -> None:
        app = OAuthApp(
            SYSTEM, config.oauth_url, config.client_id, config.client_secret, config.refresh_token, form=True
        )
        shared: dict[str, Any] = {"patience_seconds": config.patience_seconds, "transport": transport}
        oauth = OAuth(app, ports.tokens, ports.clock, transport)
        self._v1 = ApiClient(
            config.v1_url, QueryToken(config.token), ports.limiter, config.owner, ports.clock, **shared
        )
        self._v2 = ApiClient(config.v2_url, oauth, ports.limiter, config.owner, ports.clock, **shared)

    @property
    def requests(self) -> int:
        """Calls made so far, repeats included."""
        return self._v1.requests + self._v2.requests

    def v1(self, path: str, params: Mapping[str, Any] | None = None) -> Response:
        """One v1 GET; ApiError for anything but 2xx with JSON (a v1 failure may be an HTML page)."""
        return self._v1.get(path, params, resource="crm_v1")

    def v1_rows(self, path: str, key: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        """All rows of a small v1 listing, page by page; `key` is its wrapper, unused for bare arrays."""
        rows: list[Row] = []
        page = 0
        while True:
            page += 1
            body = self.v1(path, {**(params or {}), "page": page, "limit": PAGE}).json
            found = _list(body, key, path)
            rows += found
            if not isinstance(body, dict) or not body.get("has_more"):
                return rows

    def v2(self, path: str, params: Mapping[str, Any] | None = None) -> Response:
        """One v2 GET; ApiError for anything but 2xx with JSON."""
        return self._v2.get(path, params, resource="crm_v2")

    def v2_rows(self, path: str) -> list[Row]:
        """All rows of a small v2 listing."""
        rows: list[Row] = []
        page = 0
        while True:
            page += 1
            body = self.v2(path, {"page[number]": page, "page[size]": PAGE}).json
            found = _list(body, "data", path)
            rows += found
            if not found or not more_follows(body, found):
                return rows

    def v2_page(self, path: str, params: Mapping[str, Any]) -> tuple[list[Any], bool]:
        """One page of a v2 listing as it is, and whether more follow. SourceError for an empty one that says so."""
        body = self.v2(path, params).json
        found = body.get("data") if isinstance(body, dict) else None
        if isinstance(found, dict):
            found = [found]
        if not isinstance(found, list):
            raise SourceError(f"RD Station CRM: GET {path} answered without a list under 'data'.")
        more = more_follows(body, found)
        if more and not found:
            raise SourceError(f"RD Station CRM: GET {path} gave an empty page and says that more follow; what came before is kept.")
        return found, more

    def v2_one(self, path: str) -> Row | None:
        """One v2 record; None when it does not exist (any more): the status says so, never an odd body."""
        try:
            body = self.v2(path).json
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, dict):
            raise ApiError(f"GET {path} answered without a record under 'data'.")
        return data

    def deal_detail(self, deal_id: str) -> tuple[Row | None, datetime | None]:
        """A deal as v1 shows it, and the service's instant of the answer; None when v1 does not show it."""
        try:
            answer = self.v1(f"/deals/{deal_id}")
        except ApiError as error:
            if error.status == 404:
                return None, None
            raise
        if not isinstance(answer.json, dict):
            raise ApiError(f"GET /deals/{deal_id} answered with something that is no deal.")
        return answer.json, answer.served_at

    def organization_detail(self, organization_id: str) -> Row:
        """An organization as v1 shows it, with its contacts; empty when v1 does not show it."""
        try:
            body = self.v1(f"/organizations/{organization_id}").json
        except ApiError as error:
            if error.status == 404:
                return {}
            raise
        return body if isinstance(body, dict) else {}

    def deals_created(self, first: datetime, last: datetime, page: int) -> tuple[list[Row], int]:
        """One v1 page of the deals created in [first, last] (naive UTC), and the total of the window.

        The window's zone is not documented: it is widened so that it holds in UTC and in Brasília's time.
        """
        params = {
            "created_at_period": "true",
            "start_date": f"{first - BRASILIA_OFFSET - timedelta(seconds=1):%Y-%m-%dT%H:%M:%S}",
            "end_date": f"{last + timedelta(seconds=1):%Y-%m-%dT%H:%M:%S}",
            "page": page,
            "limit": PAGE,
        }
        body = self.v1("/deals", params).json
        return _list(body, "deals", "/deals"), int(body.get("total") or 0)

    def v1_total(self, path: str, key: str) -> int | None:
        """How many rows a v1 listing has; None when it does not say."""
        body = self.v1(path, {"page": 1, "limit": 1}).json
        _list(body, key, path)
        return body["total"] if isinstance(body, dict) and isinstance(body.get("total"), int) else None

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        resource: str = "crm_v2",
        key: str | None = None,
    ) -> Response:
        """Any v2 call, for the push-back; see `ApiClient.request`."""
        return self._v2.request(method, path, json=json, params=params, resource=resource, key=key)

    def close(self) -> None:
        """Close the connections."""
        self._v1.close()
        self._v2.close()


def more_follows(body: Row, found: list[Row]) -> bool:
    """Whether a v2 page has a next one. Its links are not followed: they may name an internal address (B2)."""
    links = body.get("links")
    if isinstance(links, dict) and "next" in links:
        return bool(links["next"])
    return bool(body["has_more"]) if "has_more" in body else len(found) >= PAGE


def _list(body: Any, key: str, path: str) -> list[Row]:
    rows = body.get(key) if isinstance(body, dict) else body
    if isinstance(rows, dict):
        rows = [rows]  # B3: the webhooks sample shows one object where a list belongs
    if not isinstance(rows, list):
        raise SourceError(f"RD Station CRM: GET {path} answered without a list under {key!r}.")
    return [row for row in rows if isinstance(row, dict)]
