"""HubSpot's and Pipedrive's webhooks over loopback: sent by their twins, checked and kept by the receiver, read back by the readers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingestion.inbox import run as land
from ingestion.pipedrive import PipedriveApi
from orchestration.receiver import Receiver
from orchestration.senders.access import Access
from orchestration.state import State
from orchestration.webhooks import PipedriveHooks, look, register
from sandbox.server.hooks.pipedrive_events import PipedriveEvents
from sandbox.server.hubspot.records import converted_at
from sandbox.server.hubspot.records import number as hubspot_id
from sandbox.server.pipedrive.view import lead_key
from sandbox.server.pipedrive.view import number as pipedrive_id
from tests.ingestion.fakes import Home
from tests.ingestion.hubspot.test_reader import Crm
from tests.ingestion.pipedrive.account import Account
from tests.orchestration.test_webhooks import served
from tests.sandbox.receivers import receiving
from tests.support.sandbox import SandboxHandle, running_sandbox

WORLD = {"seed": 9, "leads": 80, "months": 2}
SECRET = "s3cret"


class Listening:
    """A receiver on loopback that remembers the requests it was sent; `ahead`: seconds its clock is ahead."""

    def __init__(self, folder: Path, **access: Any) -> None:
        self.state = State(f"sqlite:///{folder / 'state.db'}", folder / "locks")
        self.requests: list[tuple[list[tuple[bytes, bytes]], bytes]] = []
        self.access, self.ahead, self.url = access, 0.0, ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""

        async def heard() -> Any:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            return message

        access = Access(SECRET, public_url=self.url, **self.access)
        await Receiver(self.state, access, lambda: time.time() + self.ahead)(scope, heard, send)
        self.requests.append((scope["headers"], body))

    @property
    def rows(self) -> list[dict[str, Any]]:
        return list(self.state.inbox.after(0))

    def again(self, path: str, change: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """The first delivery once more; `change`: with bytes added, `headers`: others."""
        given, body = self.requests[0]
        sent = {name.decode(): value.decode() for name, value in given if name != b"content-length"}
        answer = httpx.post(f"{self.url}/hooks/{SECRET}/{path}", content=body + change, headers={**sent, **(headers or {})}, trust_env=False)
        return answer.status_code, answer.json()


@contextmanager
def listening(folder: Path, **access: Any) -> Iterator[Listening]:
    made = Listening(folder, **access)
    with served(made) as port:  # type: ignore[arg-type]
        made.url = f"http://127.0.0.1:{port}"
        yield made


@pytest.fixture
def box() -> Iterator[SandboxHandle]:
    with running_sandbox(WORLD, limits=False, webhook_retry_seconds=0.05) as running:
        yield running


def delivered(box: SandboxHandle, seconds: float = 5) -> None:
    """Let the deliveries of what happened go out."""
    box.advance(seconds)
    box.settle_hooks(20)


def test_hubspot_tells_and_the_reader_reads_back(tmp_path: Path, home: Home, box: SandboxHandle) -> None:
    crm = Crm(box, home)
    crm.settle()
    crm.load()
    assert box.app is not None
    company = box.app.sandbox.engine.crm
    deals = [deal for deal in company.deals.values() if converted_at(box.app.sandbox, deal)][:2]
    told, missed = (hubspot_id("deals", deal.id) for deal in deals)
    others = [key for key in company.persons if not any(key in deal.contact_ids for deal in deals)]
    gone, stays, absorbed = (hubspot_id("contacts", key) for key in others[:3])
    with listening(tmp_path, hubspot_secret=box.credentials["hubspot"]["client_secret"]) as receiver:
        box.client.post("/sandbox/hooks", json={"service": "hubspot", "url": f"{receiver.url}/hooks/{SECRET}/hubspot"}).raise_for_status()
        box.switch(hubspot_events_shuffled=True)
        box.faults({"kind": "webhook_duplicate", "path": "hubspot", "count": 1})
        crm.call("PATCH", f"/deals/{told}", json={"properties": {"nota_do_vendedor": "4"}})
        crm.call("DELETE", f"/contacts/{gone}")
        crm.call("POST", "/contacts/merge", json={"primaryObjectId": stays, "objectIdToMerge": absorbed})
        delivered(box)
        box.faults({"kind": "webhook_drop", "path": "hubspot", "count": 1})
        crm.call("PATCH", f"/deals/{missed}", json={"properties": {"nota_do_vendedor": "5"}})
        delivered(box)
        found = {(row["event_type"], row["object_kind"], row["object_id"], row["change_kind"], row["merged_ids"]) for row in receiver.rows}
        assert found >= {("contact.deletion", "contact", gone, "deleted", None), ("contact.merge", "contact", stays, "merged", absorbed)}
        assert ("deal.propertyChange", "deal", told, "changed", None) in found
        assert not any(row["object_id"] == missed for row in receiver.rows)
        count = len(receiver.rows)
        assert receiver.again("hubspot") == (200, {"stored": 0, "repeated": count, "refused": 0})
        assert receiver.again("hubspot", b" ")[0] == 401  # signed for another body
        assert receiver.again("hubspot", headers={"x-hubspot-signature-v3": "bm8="})[0] == 401
        receiver.ahead = 301
        assert receiver.again("hubspot")[0] == 503 and len(receiver.rows) == count
        land(receiver.state.inbox.after, home.ports(), home.target)
        # Search shows nothing yet: what lands is what the hooks named.
        ratings = f"select rating from {crm.latest('deals', 'deal_id')} where deal_id = '{{}}'"
        crm.load(archived_hours=1000)
        assert home.query(ratings.format(told)) == [(4,)] and home.query(ratings.format(missed)) != [(5,)]
        people = dict(home.query(f"select contact_id, merged_into from {crm.latest('contacts', 'contact_id')} where is_deleted"))
        assert people == {gone: None, absorbed: stays}
        crm.settle()
        crm.load(archived_hours=1000)  # what no hook said is found by reading
        assert home.query(ratings.format(missed)) == [(5,)]


def test_pipedrive_tells_and_the_reader_reads_back(tmp_path: Path, home: Home, box: SandboxHandle) -> None:
    account = Account(box, home)
    account.load()
    leads = [one.deal.id for one in account.passages if one.is_lead and one.deleted_at is None]
    assert len(leads) >= 3
    told, missed, turned = leads[:3]
    access = {"pipedrive_user": "bastao", "pipedrive_password": "senha"}
    with listening(tmp_path, **access) as receiver:
        api = PipedriveApi(account.config, home.ports())
        service = PipedriveHooks(api.request, Access(SECRET, **access))
        base = f"{receiver.url}/hooks/{SECRET}"
        assert register(service, look(service, base)) == 5 and register(service, look(service, base)) == 0
        box.faults({"kind": "webhook_duplicate", "path": "pipedrive", "count": 1})
        account.call("DELETE", f"/v1/leads/{lead_key(told)}")
        delivered(box)
        (row,) = receiver.rows
        assert (row["event_type"], row["object_kind"], row["object_id"], row["change_kind"]) == ("delete.lead", "lead", lead_key(told), "deleted")
        assert receiver.again("pipedrive") == (200, {"stored": 0, "repeated": 1, "refused": 0})
        assert receiver.again("pipedrive", headers={"authorization": "Basic bm9ib2R5"})[0] == 401
        box.faults({"kind": "webhook_drop", "path": "pipedrive", "count": 1})
        account.call("DELETE", f"/v1/leads/{lead_key(missed)}")
        delivered(box)
        account.call("POST", f"/v2/leads/{lead_key(turned)}/convert/deal", json={})
        delivered(box)
        api.close()
        told_of = {(row["event_type"], row["object_id"]) for row in receiver.rows}
        assert told_of == {("delete.lead", lead_key(told)), ("delete.lead", lead_key(turned)), ("create.deal", str(pipedrive_id("deal", turned)))}
        land(receiver.state.inbox.after, home.ports(), home.target)
        account.load()
        live = {row[0] for row in account.last("leads", "lead_id", "user_id")}
        assert lead_key(told) not in live and {lead_key(missed), lead_key(turned)} <= live  # a converted lead is not lost
        account.load(full_sweep_days=0)  # what no hook said is found by reading the lists whole
        assert lead_key(missed) not in {row[0] for row in account.last("leads", "lead_id", "user_id")}


def test_a_failing_receiver_is_tried_again_and_banned(box: SandboxHandle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pipedrive comes again three times and stops for half an hour after ten (here: three) first tries that failed (5.8)."""
    monkeypatch.setattr(PipedriveEvents, "failures", 3)
    with receiving() as receiver:
        given = box.credentials["pipedrive"]
        hook = {"subscription_url": receiver.url, "event_action": "change", "event_object": "person", "version": "2.0"}
        headers = {"x-api-token": given["token"]}
        assert httpx.post(f"{given['base_url']}/api/v1/webhooks", json=hook, headers=headers, trust_env=False).status_code == 201
        receiver.answers = [500] * 2
        assert box.app is not None
        person = next(iter(box.app.sandbox.engine.crm.persons))

        def change(title: str) -> None:
            answer = box.client.patch(f"/hubspot/crm/objects/2026-09/contacts/{hubspot_id('contacts', person)}",
                                      headers={"Authorization": f"Bearer {box.credentials['hubspot']['token']}"},
                                      json={"properties": {"jobtitle": title}})  # fmt: skip
            answer.raise_for_status()
            delivered(box)

        change("Compras")
        first, _, last = receiver.bodies(3)
        assert first["data"] == last["data"] and first["meta"]["attempt"] == 1 and last["meta"]["attempt"] == 3
        assert first["data"]["job_title"] == "Compras" and set(first["previous"]) == {"job_title", "update_time"}
        receiver.answers = [500] * 8
        for title in ("Um", "Dois", "Gerente"):
            change(title)
        assert box.record()["webhooks"]["lost"] == 1
        box.advance_limits(1801)
        change("Diretor")
        assert receiver.bodies(12)[-1]["data"]["job_title"] == "Diretor"
