"""A minimal RD Station Marketing as an httpx transport: enough to count calls and to change between two reads."""

import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import httpx

BRASILIA = timezone(timedelta(hours=-3))
START = datetime(2026, 6, 1, 12, tzinfo=UTC)
STAGES = {"3": "Qualified Lead", "4": "Client"}


def printed(moment: datetime) -> str:
    return moment.astimezone(BRASILIA).isoformat(timespec="milliseconds")


class FakeMarketing(httpx.BaseTransport):
    """Contacts by uuid: body, created_at, funnel, events. `before(request)` may return a response of its own."""

    def __init__(self, contacts: int = 0) -> None:
        self.contacts: dict[str, dict[str, Any]] = {}
        self.calls: Counter[str] = Counter()
        self.paths: list[str] = []
        self.now = datetime(2026, 6, 30, 21, tzinfo=UTC)
        self.tokens, self.refreshes = {"first"}, 0
        self.before: Any = None
        self._lock = threading.Lock()
        for number in range(contacts):
            self.add(f"u{number:05}", START + timedelta(minutes=number))

    def add(self, uuid: str, created: datetime, **funnel: Any) -> dict[str, Any]:
        contact = {
            "body": {"uuid": uuid, "name": f"Lead {uuid}", "email": f"{uuid}@empresa.com.br", "tags": [], "legal_bases": []},
            "created_at": created,
            "funnel": {"lifecycle_stage": "Lead", "opportunity": False, "contact_owner_email": None, "fit": 10,
                       "interest": 5, **funnel},
            "events": [],
        }  # fmt: skip
        self.contacts[uuid] = contact
        self.convert(uuid, "newsletter", created)
        return contact

    def convert(
        self, uuid: str, identifier: str, at: datetime, kind: str = "CONVERSION", **payload: Any
    ) -> None:
        event = {
            "event_type": kind,
            "event_family": "CDP",
            "event_identifier": identifier,
            "at": at,
            "payload": payload,
        }
        self.contacts[uuid]["events"].append(event)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            if self.before is not None:
                response = self.before(request)
                if response is not None:
                    return response
            return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path, query = request.url.path, {k: v[-1] for k, v in parse_qs(request.url.query.decode()).items()}
        self.paths.append(path)
        if path == "/auth/token":
            self.refreshes += 1
            self.tokens = {f"token-{self.refreshes}"}
            return self._json(
                {"access_token": f"token-{self.refreshes}", "expires_in": 86400, "refresh_token": "r"}
            )
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return self._json(
                {"errors": {"error_type": "UNAUTHORIZED", "error_message": "Invalid token."}}, 401
            )
        parts = path.strip("/").split("/")[1:]
        self.calls[parts[0] if parts[0] != "contacts" or len(parts) < 3 else f"contact_{parts[2]}"] += 1
        if parts[0] == "segmentations" and len(parts) == 3:
            return self._segment(parts[1], query)
        if parts == ["contacts", "fields"]:
            fields = [{"api_identifier": "cf_porte", "presentation_type": "COMBO_BOX"},
                      {"api_identifier": "cf_notas", "presentation_type": "TEXT_AREA"}]  # fmt: skip
            return self._json({"fields": fields})
        if parts[0] == "contacts":
            return self._contact(parts, query)
        empty = {
            "emails": {"items": []},
            "workflows": {"wokflows": []},
            "segmentations": {"segmentations": []},
        }
        if parts[0] == "campaigns":
            return self._json({"errors": {"error_type": "ACCOUNT_REQUIREMENT_MISSING"}}, 403)
        pages = [{"id": 501, "title": "Diagnóstico", "conversion_identifier": "diagnostico", "status": "PUBLISHED",
                  "created_at": printed(START), "upated_at": printed(START)}]  # fmt: skip
        return self._json(empty.get(parts[0], pages if parts[0] == "landing_pages" else []))

    def _segment(self, segment: str, query: dict[str, str]) -> httpx.Response:
        found = [
            (self._converted(c), c) for c in self.contacts.values()
            if segment == "1" or c["funnel"]["lifecycle_stage"] == STAGES.get(segment)
            or (segment == "5" and c["funnel"]["opportunity"])
        ]  # fmt: skip
        found.sort(key=lambda pair: pair[0] or START.replace(year=2000), reverse="order" in query)
        page, size = int(query["page"]), int(query["page_size"])
        assert size <= 125
        rows = [
            {"uuid": c["body"]["uuid"], "name": "x", "email": "x", "created_at": printed(c["created_at"]),
             "last_conversion_date": printed(at) if at else None, "links": []}
            for at, c in found[(page - 1) * size : page * size]
        ]  # fmt: skip
        return self._json({"contacts": rows}, headers={"pagination-total-rows": str(len(found))})

    @staticmethod
    def _converted(contact: dict[str, Any]) -> datetime | None:
        return max((e["at"] for e in contact["events"] if e["event_type"] == "CONVERSION"), default=None)

    def _contact(self, parts: list[str], query: dict[str, str]) -> httpx.Response:
        contact = self.contacts.get(parts[1].removeprefix("uuid:"))
        if contact is None:
            return self._json({"errors": {"error_type": "RESOURCE_NOT_FOUND"}}, 404)
        if len(parts) == 2:
            return self._json(contact["body"])
        if parts[2] == "funnels":
            return self._json(contact["funnel"])
        events = sorted(
            (e for e in contact["events"] if e["event_type"] == query["event_type"]), key=lambda e: e["at"]
        )
        if query["order"].endswith("desc"):
            events.reverse()
        page = int(query["page"])
        rows = [
            {**e, "event_timestamp": printed(e["at"]), "at": None}
            for e in events[(page - 1) * 10 : page * 10]
        ]
        return self._json(rows)

    def _json(self, data: Any, status: int = 200, headers: dict[str, str] | None = None) -> httpx.Response:
        head = {
            "date": format_datetime(self.now, usegmt=True),
            "content-type": "application/json",
            **(headers or {}),
        }
        return httpx.Response(status, content=json.dumps(data).encode(), headers=head)
