"""The calls to HubSpot that Bastão makes. The version is part of every path but of no literal (contract 1, fact 1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import httpx

from ingestion.errors import ApiError, SourceError
from ingestion.http import ApiClient, Auth, Response
from ingestion.hubspot.settings import ASSOCIATION_BATCH, LIST_PAGE, SYSTEM, HubspotConfig
from ingestion.oauth import HeaderToken, OAuth, OAuthApp
from ingestion.ports import Ports
from ingestion.rows import Row

MOST_PAGES = 100_000
# Limits are told apart by name only, mostly without Retry-After; the daily one ends at the account's midnight.
POLICY_SECONDS = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0, "DAILY": 3600.0}


class HubspotApi:
    """HubSpot of one account. Safe for several threads."""

    def __init__(self, config: HubspotConfig, ports: Ports, transport: httpx.BaseTransport | None = None) -> None:
        self._version = config.version
        auth: Auth
        if config.token:
            auth = HeaderToken("Authorization", f"Bearer {config.token}")
        else:
            url = f"{config.base_url.rstrip('/')}/oauth/{config.version}/token"
            app = OAuthApp(SYSTEM, url, config.client_id, config.client_secret, config.refresh_token, form=True)
            auth = OAuth(app, ports.tokens, ports.clock, transport)
        self._http = ApiClient(
            config.base_url, auth, ports.limiter, config.owner, ports.clock,
            patience_seconds=config.patience_seconds, transport=transport, wait_of=_wait,
        )  # fmt: skip

    @property
    def requests(self) -> int:
        """Calls made so far, repeats included."""
        return self._http.requests

    def path(self, area: str, rest: str) -> str:
        """`/crm/<area>/<version><rest>`."""
        return f"/crm/{area}/{self._version}{rest}"

    def search(self, kind: str, body: Row) -> Row:
        """One page of a search. SourceError for an answer without `results`."""
        answer = self._http.post(self.path("objects", f"/{kind}/search"), body, resource="search")
        return _object(answer, f"search of {kind}")

    def batch_read(
        self, kind: str, ids: Sequence[str], properties: Sequence[str], history: Sequence[str] = (), archived: bool = False
    ) -> list[Row]:
        """Records by id; unknown ids are left out. A merged record answers with the id of the one that stayed."""
        body = {
            "inputs": [{"id": key} for key in ids], "properties": list(properties), "propertiesWithHistory": list(history),
        }  # fmt: skip
        params = {"archived": "true"} if archived else None
        answer = self._http.post(self.path("objects", f"/{kind}/batch/read"), body, params, resource="objects")
        found = _rows(_object(answer, f"batch read of {kind}"))
        if not all(has_id(row) for row in found):  # whichever record that was would look as if it were gone
            raise ApiError(f"HubSpot: batch read of {kind} answered with a record without an id; none of the batch was taken.")
        return found

    def listing(self, path: str, params: Mapping[str, Any]) -> Iterator[list[Row]]:
        """Pages of a GET listing. `paging.next.after` leads on; the link is not followed, it may name another host."""
        after: str | None = None
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            query = {"limit": LIST_PAGE, **params, **({"after": after} if after else {})}
            body = _object(self._http.get(path, query, resource="objects"), path)
            yield _rows(body)
            after = _after(body)
            if after is None:
                return
            if after in seen:
                raise SourceError(f"HubSpot: GET {path} leads back to a page that was read; run again later.")
            seen.add(after)

    def rows(self, path: str, **params: Any) -> list[Row]:
        """All rows of a small listing."""
        return [row for page in self.listing(path, params) for row in page]

    def get(self, path: str) -> Response:
        """One GET with its headers."""
        return self._http.get(path, resource="objects")

    def one(self, path: str) -> Row:
        """One GET."""
        return _object(self.get(path), path, results=False)

    def associations(self, source: str, target: str, ids: Iterable[str]) -> dict[str, list[str]]:
        """Ids of `target` by id of `source`, primary ones first; a record without associations is left out, which is no failure."""
        found: dict[str, list[str]] = {}
        path = self.path("associations", f"/{source}/{target}/batch/read")
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), ASSOCIATION_BATCH):
            waiting: list[Row] = [{"id": key} for key in wanted[start : start + ASSOCIATION_BATCH]]
            while waiting:
                body = _object(self._http.post(path, {"inputs": waiting}, resource="objects"), path)
                waiting = []
                for row in _rows(body):
                    key = str(row["from"]["id"])
                    found.setdefault(key, []).extend(_linked(row))
                    if (after := _after(row)) is not None:
                        waiting.append({"id": key, "after": after})
        return {key: list(dict.fromkeys(keys)) for key, keys in found.items()}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def has_id(row: Any) -> bool:
    """Whether a row of an answer is a record: ids are numeric text (3.4)."""
    key = str(row.get("id") or "") if isinstance(row, dict) else ""
    return key.isascii() and key.isdigit()


def _wait(answer: Response, _attempt: int) -> float | None:
    """Seconds after a 429 by the name of the limit; None where a header says it, or nothing does."""
    if answer.headers.get("retry-after") or not isinstance(answer.json, dict):
        return None
    return POLICY_SECONDS.get(str(answer.json.get("policyName")))


def optional(error: ApiError) -> bool:
    """Whether an error says that the account, or the token, does not have a thing."""
    return error.status in (403, 404)


def _object(answer: Response, what: str, results: bool = True) -> Row:
    body = answer.json
    if not isinstance(body, dict) or (results and not isinstance(body.get("results"), list)):
        raise SourceError(f"HubSpot: {what} answered without a list of results; nothing of this answer was taken.")
    return body


def _rows(body: Row) -> list[Row]:
    return [row for row in body["results"] if isinstance(row, dict)]


def _after(body: Row) -> str | None:
    following = (body.get("paging") or {}).get("next") or {}
    return str(following["after"]) if following.get("after") not in (None, "") else None


def _linked(row: Row) -> list[str]:
    """Text ids, whatever the version sends (3.3); the primary association first."""

    def secondary(entry: Row) -> bool:
        return all(kind.get("label") != "Primary" for kind in entry.get("associationTypes") or [])

    return [str(entry["toObjectId"]) for entry in sorted(row.get("to") or [], key=secondary)]
