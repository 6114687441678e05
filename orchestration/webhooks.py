"""Which webhooks the outside systems should deliver here, which of them they know, and registering those that lack.

RD Station Marketing and CRM and Pipedrive take subscriptions by API; HubSpot's are set in the app that sends them. The
CRM's deal events are subscribed in the CRM, which can send a header; Marketing lists them too, but in both places each
would come twice (contract of RD Station, B4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from ingestion.errors import ApiError
from orchestration import accounts, receiving
from orchestration.errors import StageError
from orchestration.runtime import Runtime
from orchestration.senders.access import Access

Standing = Literal["registered", "missing", "asleep", "by hand"]
MARKETING_EVENTS = ("WEBHOOK.CONVERTED", "WEBHOOK.MARKED_OPPORTUNITY")
CRM_EVENTS = ("crm_deal_created", "crm_deal_updated", "crm_deal_deleted")
PIPEDRIVE_OBJECTS = ("deal", "lead", "person", "organization", "activity")
_HUBSPOT_ACTIONS = ("creation", "deletion", "merge", "restore", "propertyChange", "associationChange")
HUBSPOT_EVENTS = (
    *(f"{kind}.{action}" for kind in ("contact", "company", "deal") for action in _HUBSPOT_ACTIONS),
    "contact.privacyDeletion",
    *(f"object.{action} (leads)" for action in ("creation", "deletion", "propertyChange")),
)


@dataclass(frozen=True)
class Subscription:
    """One event that a system should deliver to `url`. `key`: the system's id of it, where it has one."""

    system: str
    event: str
    url: str
    standing: Standing
    key: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {"system": self.system, "event": self.event, "standing": self.standing, "url": self.url}


class Service(Protocol):
    """The subscriptions of one system."""

    @property
    def system(self) -> str: ...

    @property
    def events(self) -> tuple[str, ...]: ...

    def listed(self) -> Iterator[tuple[str, str, str, bool]]:
        """(id, event, url, whether it delivers) of every subscription of the account."""

    def create(self, event: str, url: str) -> None: ...

    def wake(self, key: str, event: str, url: str) -> None: ...


@dataclass(frozen=True)
class Caller:
    """The calls of one account. StageError names event and status, never the address, which holds the secret."""

    system: str
    request: Callable[..., Any]
    resource: str = "webhooks"  # what the quota counts it as

    def call(self, method: str, path: str, about: str, body: Any = None) -> Any:
        """JSON of a 2xx answer."""
        answer = self.request(method, path, json=body, resource=self.resource)
        if not 200 <= answer.status < 300:
            hint = " Is the receiver up and reachable from outside?" if answer.status in (400, 401, 422) else ""
            raise StageError(f"{self.system} refused the webhook {about} (status {answer.status}).{hint}")
        return answer.json


class RdStationHooks:
    """RD Station Marketing (A6): creating one makes a call to the address, which must answer."""

    system, events, _path = "rd_station", MARKETING_EVENTS, "/integrations/webhooks"

    def __init__(self, request: Callable[..., Any]):
        self._caller = Caller("RD Station", request)

    def listed(self) -> Iterator[tuple[str, str, str, bool]]:
        """Hooks made on screen do not show here."""
        for row in (self._caller.call("GET", self._path, "list") or {}).get("webhooks", []):
            yield row["uuid"], row["event_type"], row.get("url", ""), row.get("status") == "active"

    def create(self, event: str, url: str) -> None:
        self._caller.call("POST", self._path, event, self._body(event, url))

    def wake(self, key: str, event: str, url: str) -> None:
        self._caller.call("PUT", f"{self._path}/{key}", event, self._body(event, url))

    @staticmethod
    def _body(event: str, url: str) -> dict[str, Any]:
        fixed = {"entity_type": "CONTACT", "event_identifiers": [], "http_method": "POST"}
        return {"event_type": event, "url": url, **fixed, "include_relations": ["CONTACT_FUNNEL"]}


class RdStationCrmHooks:
    """RD Station CRM v2 (B4): with the header that deliveries shall carry; a suspended one is switched on again."""

    system, events, _path = "rd_station_crm", CRM_EVENTS, "/webhooks"

    def __init__(self, request: Callable[..., Any], access: Access):
        self._caller, self._access = Caller("RD Station CRM", request, "crm_v2"), access

    def listed(self) -> Iterator[tuple[str, str, str, bool]]:
        """The reference prints one object where a list belongs; both are taken."""
        data = (self._caller.call("GET", self._path, "list") or {}).get("data") or []
        for row in data if isinstance(data, list) else [data]:
            yield row["id"], row["event_name"], row.get("url", ""), row.get("status") == "active"

    def create(self, event: str, url: str) -> None:
        self._caller.call("POST", self._path, event, {"data": {"event_name": event, "http_method": "POST", **self._body(event, url)}})

    def wake(self, key: str, event: str, url: str) -> None:
        self._caller.call("PUT", f"{self._path}/{key}", event, {"data": {**self._body(event, url), "status": "active"}})

    def _body(self, event: str, url: str) -> dict[str, Any]:
        header = {"auth_header": self._access.header, "auth_key": self._access.header_value} if self._access.header else {}
        return {"name": f"bastao {event}", "url": url, **header}


class PipedriveHooks:
    """Pipedrive (5.8): webhooks v2, every action of each object, with basic authentication. At most 40 per user."""

    system, events, _path = "pipedrive", tuple(f"*.{name}" for name in PIPEDRIVE_OBJECTS), "/api/v1/webhooks"

    def __init__(self, request: Callable[..., Any], access: Access):
        self._caller, self._access = Caller("Pipedrive", request), access

    def listed(self) -> Iterator[tuple[str, str, str, bool]]:
        for row in (self._caller.call("GET", self._path, "list") or {}).get("data") or []:
            event = f"{row['event_action']}.{row['event_object']}"
            yield str(row["id"]), event, row.get("subscription_url", ""), bool(row.get("is_active", 1))

    def create(self, event: str, url: str) -> None:
        action, _, name = event.partition(".")
        body = {"subscription_url": url, "event_action": action, "event_object": name, "name": f"bastao {name}", "version": "2.0"}
        body |= {"http_auth_user": self._access.pipedrive_user, "http_auth_password": self._access.pipedrive_password}
        self._caller.call("POST", self._path, event, body)

    def wake(self, key: str, event: str, url: str) -> None:
        """A webhook cannot be changed: the one that was switched off makes room for a new one."""
        self._caller.call("DELETE", f"{self._path}/{key}", event)
        self.create(event, url)


@contextmanager
def services(runtime: Runtime) -> Iterator[list[Service]]:
    """The systems of this company that take subscriptions by API."""
    sources, access = runtime.profile.sources, receiving.access_of(runtime.profile)
    found: list[Service] = []
    opened: list[Any] = []
    try:
        if sources.rd_station:
            opened.append(accounts.open_rd_station(runtime))
            found.append(RdStationHooks(opened[-1].request))
        if sources.rd_station_crm:
            opened.append(accounts.open_rd_station_crm(runtime))
            found.append(RdStationCrmHooks(opened[-1].request, access))
        if sources.pipedrive:
            opened.append(accounts.open_pipedrive(runtime))
            found.append(PipedriveHooks(opened[-1].request, access))
        yield found
    finally:
        for api in opened:
            api.close()


def look(service: Service, base: str) -> list[Subscription]:
    """How each event of a system stands, for the address `base` (without the sender's name). Raises StageError."""
    url, ours = f"{base}/{service.system}", (f"{base}/{service.system}", base)  # `base` alone was the address once
    try:
        known = {event: (key, awake) for key, event, at, awake in service.listed() if at in ours}
    except (ApiError, KeyError, TypeError, AttributeError) as error:
        words = str(error) if isinstance(error, ApiError) else "the list is not as documented"
        raise StageError(f"The webhooks of {service.system} could not be read: {words}") from None
    result = []
    for event in service.events:
        key, awake = known.get(event, (None, True))
        result.append(Subscription(service.system, event, url, "missing" if key is None else "registered" if awake else "asleep", key))
    return result


def register(service: Service, wanted: list[Subscription]) -> int:
    """Create what is missing and wake what sleeps; returns how many. The receiver must be up: some services call it."""
    done = 0
    for one in wanted:
        if one.standing == "missing":
            service.create(one.event, one.url)
        elif one.standing == "asleep" and one.key:
            service.wake(one.key, one.event, one.url)
        else:
            continue
        done += 1
    return done


def subscribe(runtime: Runtime, base: str) -> int:
    """Register everything at `base`; returns how many are new. Doing it again changes nothing."""
    with services(runtime) as found:
        return sum(register(service, look(service, base)) for service in found)


def by_hand(runtime: Runtime, base: str) -> list[Subscription]:
    """What has to be set in HubSpot's app: it takes no subscriptions by the token that reads."""
    if getattr(runtime.profile.sources, "hubspot", None) is None and receiving.access_of(runtime.profile).hubspot_secret is None:
        return []
    return [Subscription("hubspot", event, f"{base}/hubspot", "by hand") for event in HUBSPOT_EVENTS]
