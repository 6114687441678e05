"""The calls to RD Station Marketing that Bastão makes, one method each (rd_station.md A2 to A8).

The push-back uses `request` and `service_time` of the same object, so both share tokens, quota and connections.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from ingestion.errors import ApiError, SourceError
from ingestion.http import ApiClient, Response
from ingestion.oauth import OAuth, OAuthApp
from ingestion.plausible import BadRecordError
from ingestion.ports import Ports
from ingestion.rd_station.settings import (
    ASSET_PAGE,
    ASSETS,
    EVENT_PAGE,
    LAG_ROWS,
    SEGMENT_PAGE,
    SYSTEM,
    RdStationConfig,
)
from ingestion.rows import Row


class RdStationApi:
    """RD Station Marketing of one account. Safe for several threads."""

    def __init__(
        self, config: RdStationConfig, ports: Ports, transport: httpx.BaseTransport | None = None
    ) -> None:
        app = OAuthApp(
            system=SYSTEM,
            token_url=config.token_url or f"{config.base_url}/auth/token",
            client_id=config.client_id,
            client_secret=config.client_secret,
            refresh_token=config.refresh_token,
            form=config.token_form,
        )
        self._http = ApiClient(
            config.base_url,
            OAuth(app, ports.tokens, ports.clock, transport),
            ports.limiter,
            config.owner,
            ports.clock,
            patience_seconds=config.patience_seconds,
            transport=transport,
        )

    @property
    def requests(self) -> int:
        """Calls made so far, repeats included."""
        return self._http.requests

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        resource: str,
        key: str | None = None,
    ) -> Response:
        """Any call, for the push-back; see `ApiClient.request` for what is repeated and what is raised."""
        return self._http.request(method, path, json=json, params=params, resource=resource, key=key)

    def service_time(self) -> datetime:
        """The service's own now (naive UTC, whole seconds), from the Date header of a cheap call."""
        served = self._http.get("/marketing/account_info", resource="account_info").served_at
        if served is None:
            raise SourceError("RD Station sent no readable Date header; use the system's clock.")
        return served

    def segment_page(
        self, segment_id: str, page: int, newest_first: bool = False
    ) -> tuple[list[Any], int | None]:
        """One page of a segmentation's contacts as it is, and the total that the headers announce.

        SourceError for an empty page in front of others.
        """
        params: Row = {"page": page, "page_size": SEGMENT_PAGE}
        if newest_first:
            params["order"] = "last_conversion_date:desc"
        answer = self._http.get(
            f"/platform/segmentations/{segment_id}/contacts", params, resource="segmentations"
        )
        announced = answer.headers.get("pagination-total-rows")
        total = int(announced) if announced and announced.isdigit() else None
        rows = list_of(answer.json, ("contacts",))
        if not rows and total is not None and total > (page - 1) * SEGMENT_PAGE + LAG_ROWS:
            raise SourceError(
                f"RD Station: page {page} of segmentation {segment_id} is empty, and {total} contacts are announced; "
                "what came before is kept. Run again."
            )
        return rows, total

    def contact(self, uuid: str) -> Row | None:
        """A contact's current body; None when it does not exist (any more)."""
        try:
            body = self._http.get_json(f"/platform/contacts/uuid:{uuid}", resource="contacts")
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        if not isinstance(body, dict):
            raise BadRecordError(None, "not an object")  # never taken for a contact that is gone
        return body

    def funnel(self, uuid: str) -> tuple[Row, datetime | None]:
        """Lifecycle stage and scores, and the service's instant of the answer (naive UTC)."""
        answer = self._http.get(
            f"/platform/contacts/uuid:{uuid}/funnels/default", resource="funnels", key=uuid
        )
        return (answer.json if isinstance(answer.json, dict) else {}), answer.served_at

    def events(self, uuid: str, event_type: str, page: int, newest_first: bool) -> list[Any]:
        """One page (10 rows at most) of a contact's CONVERSION or OPPORTUNITY events."""
        order = "created_at:desc" if newest_first else "created_at:asc"
        params = {"event_type": event_type, "order": order, "page": page}
        body = self._http.get_json(f"/platform/contacts/{uuid}/events", params, resource="contact_events")
        return list_of(body, ("events",))[:EVENT_PAGE]

    def fields(self) -> list[Row]:
        """The account's contact fields with their presentation types."""
        return rows_of(self._http.get_json("/platform/contacts/fields", resource="fields"), ("fields",))

    def assets(self, kind: str, page: int) -> list[Row]:
        """One page of an asset listing."""
        path, resource, keys = ASSETS[kind]
        params = {"page": page, "page_size": SEGMENT_PAGE if kind == "segmentation" else ASSET_PAGE}
        return rows_of(self._http.get_json(path, params, resource=resource), keys or ())

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def rows_of(body: Any, keys: tuple[str, ...]) -> list[Row]:
    """The objects of a body's list; SourceError when something else is among them."""
    rows = list_of(body, keys)
    if not all(isinstance(row, dict) for row in rows):
        raise SourceError(f"RD Station: the list under {' or '.join(keys) or 'its top'} holds something that is no object.")
    return rows


def list_of(body: Any, keys: tuple[str, ...]) -> list[Any]:
    """The list of a body: bare, or under one of `keys` (the service misspells some: rd_station.md 0.3, 12)."""
    if isinstance(body, dict):
        body = next((body[key] for key in keys if key in body), None)
    if not isinstance(body, list):
        raise SourceError(f"RD Station: the answer holds no list under {' or '.join(keys) or 'its top'}.")
    return body
