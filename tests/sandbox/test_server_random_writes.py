"""Any sequence of API writes, clock moves and a restart: the journal rebuilds exactly what was there."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.sandbox import small_world as small
from tests.support.sandbox import SandboxHandle, running_sandbox

EMAILS = ("ana.moura@example.com.br", "caio.prado@example.com.br", "um@example.com", "dois@example.com")


def act(box: SandboxHandle, random: Random, number: int) -> None:
    """One random write or move; refusals by the API are part of the game."""
    email, deal = random.choice(EMAILS), random.choice((small.DEAL_0, small.DEAL_1, small.DEAL_2))
    payload: dict[str, Any] = {"conversion_identifier": f"c{number % 3}", "email": email, "tags": [f"t{number % 4}"]}
    kind = random.choice(("CONVERSION", "CONVERSION", "OPPORTUNITY", "SALE", "OPPORTUNITY_LOST"))
    if kind != "CONVERSION":
        payload = {"email": email, "funnel_name": "default"}
    stage = random.choice(small.STAGES)
    moves = [
        lambda: box.marketing("POST", "/platform/events", json={"event_type": kind, "event_family": "CDP", "payload": payload}),
        lambda: box.marketing("PATCH", f"/platform/contacts/email:{email}", json={"city": f"C{number}", "tags": [f"p{number % 5}"]}),
        lambda: box.marketing("POST", f"/platform/contacts/email:{email}/tag", json={"tags": [f"x{number}"]}),
        lambda: box.marketing("PUT", f"/platform/contacts/email:{email}/funnels/default", json={"lifecycle_stage": "Lead"}),
        lambda: box.marketing("POST", f"/platform/workflows/{small.FLOW}/leads", json={"leads": [email]}),
        lambda: box.marketing("DELETE", f"/platform/contacts/email:{random.choice(EMAILS[2:])}"),
        lambda: box.v1("PUT", f"/deals/{deal}", json={"deal_stage_id": stage, "deal": {"rating": number % 5 + 1}}),
        lambda: box.v1("PUT", f"/deals/{deal}", json={"deal": {"win": random.choice((True, False, None))}}),
        lambda: box.v1("POST", "/deals", json={"deal": {"name": f"Negócio {number}"}, "contacts": [{"name": "Rui"}]}),
        lambda: box.v1("POST", "/tasks", json={"task": {"deal_id": deal, "subject": "Ligar", "type": "call", "done": True}}),
        lambda: box.v2("PUT", f"/deals/{deal}", json={"data": {"status": "paused", "owner_id": small.USER_1}}),
        lambda: box.v2("POST", f"/deals/{deal}/notes", json={"data": {"description": f"nota {number}"}}),
        lambda: box.v2("POST", "/organizations", json={"data": {"name": f"Empresa {number}"}}),
        lambda: box.advance(random.choice((1, 45, 400))),
    ]  # fmt: skip
    random.choice(moves)()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_restart_rebuilds_every_random_history(tmp_path: Path, seed: int) -> None:
    switches: dict[str, Any] = {
        "limits": False, "home": str(tmp_path), "protheus_url": "none", "settle_seconds": 60.0, "fsync": False,
        "integration_on_any_conversion": True,
    }  # fmt: skip
    random = Random(seed)
    with running_sandbox(small.small_world(), **switches) as box:
        for number in range(120):
            act(box, random, number)
        first, ledger = box.app.sandbox, box.ledger()
    with running_sandbox(small.small_world(), **switches) as box:
        second = box.app.sandbox
        assert second.now() == first.now() and box.ledger() == ledger
        assert second.engine.marketing.contacts == first.engine.marketing.contacts
        assert second.engine.marketing.enrolments == first.engine.marketing.enrolments
        for name in ("deals", "persons", "organizations", "tasks", "notes"):
            assert getattr(second.engine.crm, name) == getattr(first.engine.crm, name), name
    assert len(ledger) > 40
