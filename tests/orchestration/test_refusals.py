"""Why a lead was not returned: the ledger knows, for each way to be refused, and the command says it in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from activation.delivery import deliver
from activation.outbox import Outbox
from activation.suppression import SuppressionList
from orchestration import delivery_words
from tests.activation.support import NOW, SYNC, FakeClock, FakeDestination, plan_mapping, policy
from tests.orchestration.test_cli import bastao

REFUSED = {
    "declined": {"consent_status": "declined", "eligible": False, "refusal_reason": "consent_declined"},
    "unasked": {"consent_status": "unknown", "eligible": False, "refusal_reason": "consent_unknown"},
    "listed": {"email": "no@example.com.br"},
    "erased": {"consent_status": "granted", "eligible": False, "refusal_reason": "forgotten", "email": None},
    "token": {"email": "forgotten-0123@forgotten.invalid"},
}
REASONS = {
    "declined": "consent_declined",
    "unasked": "consent_unknown",
    "listed": "suppressed",
    "erased": "forgotten",
    "token": "suppressed",
}


@pytest.mark.parametrize("subject", REFUSED)
def test_the_ledger_says_why_and_the_command_in_words(subject: str, folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    url = f"sqlite:///{home / 'state.db'}"
    listed, outbox, clock = SuppressionList(url), Outbox(url), FakeClock()
    listed.add("no@example.com.br", "asked", NOW)
    there = FakeDestination(clock)
    deliver(SYNC, [plan_mapping(subject, **REFUSED[subject])], outbox, there, clock, policy(), suppressed=listed)
    outbox.engine.dispose()
    assert there.calls == 0
    found = json.loads(bastao("deliveries", "list", "--about", subject, "--json", "--profile", folder, home=home).stdout)
    assert [(row["state"], row["reason"]) for row in found] == [("refused", REASONS[subject])]
    shown = json.loads(bastao("deliveries", "show", found[0]["delivery_id"], "--profile", folder, home=home).stdout)
    assert shown["why"] == delivery_words.WHY[REASONS[subject]]
    assert json.loads(bastao("deliveries", "list", "--about", "other", "--json", "--profile", folder, home=home).stdout) == []
