"""Alerts in Slack and Teams, and the signed webhook: bodies within the services' limits, answers read, over real HTTP."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from activation.destinations.chat import SLACK_HOSTS, read_answer, slack_chat, teams_chat
from activation.destinations.signed_webhook import SignedWebhook, key_of, sign
from activation.errors import ActivationError
from activation.messages import slack, teams
from activation.messages.alert import Alert
from activation.messages.words import Words, duration
from activation.plan import read_plan
from activation.ports import Outcome, PlanRow
from activation.poster import Answer, Poster

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "contracts" / "examples"
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


class Receiver:
    """Takes posts on loopback; answers as told."""

    def __init__(self) -> None:
        self.seen: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str], str]] = []
        book = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                book.seen.append(({k.lower(): v for k, v in self.headers.items()}, content))
                status, headers, text = book.answers.pop(0) if book.answers else (200, {}, "ok")
                self.send_response(status)
                for name, value in {"Content-Length": str(len(text)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    taken = Receiver()
    thread = threading.Thread(target=taken.server.serve_forever, daemon=True)
    thread.start()
    yield taken
    taken.server.shutdown()
    taken.server.server_close()


def alert_row(subject: str = "v1", **values: Any) -> PlanRow:
    raw = {
        "sync": "messages_slack", "subject_id": subject, "occurrence": "hot_waiting", "kind": "hot_waiting",
        "happened_at": datetime(2026, 6, 30, 13, 25), "clause_title_pt": "Primeiro contato com lead quente",
        "clause_title_en": "First contact with a hot lead", "agreement_version": "v5", "clock": "business",
        "due_at": datetime(2026, 6, 30, 13, 30), "remaining_seconds": 180, "seller_label": "Vendedor ABC123",
        "channel_label": "Busca paga", "url": "https://crm.example.com.br/deals/1", **values,
    }  # fmt: skip
    return next(iter(read_plan(raw["sync"], [raw]).values()))


def test_slack_message_cites_the_clause_and_the_time_left(receiver: Receiver) -> None:
    with Poster(receiver.url) as poster:
        result = slack_chat(poster, Words()).send(alert_row())
    assert result.outcome is Outcome.ACCEPTED
    said = json.loads(receiver.seen[0][1])
    assert said["text"] == "Lead quente esperando: Primeiro contato com lead quente · faltam 3 min úteis · sem contato ainda"
    whole = json.dumps(said, ensure_ascii=False)
    for part in ("Primeiro contato com lead quente (acordo v5)", "Vendedor ABC123", "30/06/2026 10:30", "Busca paga", "Abrir no CRM"):
        assert part in whole


def test_teams_message_is_an_adaptive_card(receiver: Receiver) -> None:
    with Poster(receiver.url) as poster:
        result = teams_chat(poster, Words("en")).send(alert_row(remaining_seconds=-3900, kind="breach", clock="elapsed"))
    assert result.outcome is Outcome.ACCEPTED
    said = json.loads(receiver.seen[0][1])
    content = said["attachments"][0]
    assert (said["type"], content["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    card = json.dumps(content["content"], ensure_ascii=False)
    assert "1 h 05 min overdue" in card
    assert "First contact with a hot lead" in card
    assert content["content"]["version"] == "1.4"


def test_a_win_is_celebrated_with_its_value() -> None:
    alert = Alert("o:win", "win", datetime(2026, 6, 30, tzinfo=UTC), amount=Decimal("12345.60"))
    assert Words().summary(alert) == "R$\xa012.345,60 · Parabéns a marketing e vendas!"
    assert Words("en").summary(alert).startswith("R$12,345.60")


@pytest.mark.parametrize("count", [2, 41, 400])
def test_many_alerts_are_one_digest_within_the_limits(receiver: Receiver, count: int) -> None:
    rows = [alert_row(f"v{number}", clause_title_pt="<Cláusula & longa> " + "x" * 200) for number in range(count)]
    with Poster(receiver.url) as poster:
        results = slack_chat(poster, Words()).send_batch(rows) + teams_chat(poster, Words()).send_batch(rows)
    assert len(results) == 2 * count
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    assert len(receiver.seen) == 2
    in_slack, in_teams = (content for _, content in receiver.seen)
    said = json.loads(in_slack)
    assert len(said["blocks"]) <= 50
    assert len(json.dumps(said, ensure_ascii=False)) < 13_000
    assert f"{count} avisos do acordo" in said["text"]
    assert "<Cl" not in json.dumps(said)
    assert len(in_teams) < 28_000


def test_what_the_services_answer_is_read_as_the_contract_says() -> None:
    path = EXAMPLES / "slack" / "responses.json"
    if not path.exists():
        pytest.skip("the contract's examples are not beside this checkout (shared/contracts/examples)")
    expected = {200: Outcome.ACCEPTED, 400: Outcome.REJECTED, 403: Outcome.BLOCKED, 404: Outcome.BLOCKED,
                410: Outcome.BLOCKED, 429: Outcome.THROTTLED, 500: Outcome.UNCERTAIN}  # fmt: skip
    answers = json.loads(path.read_text(encoding="utf-8"))
    assert {answer["status"] for answer in answers} <= set(expected)
    for answer in answers:
        headers = {name.lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
        found = read_answer(Answer(answer["status"], headers, str(answer["body"])))
        assert found.outcome is expected[answer["status"]], answer


def test_quiet_hours_and_unwanted_kinds_wait_or_stay_away() -> None:
    with Poster("https://hooks.slack.com/services/T/B/x") as poster:
        assert slack_chat(poster, Words(), quiet=lambda: True).problem(alert_row()) == "quiet_hours"
        assert slack_chat(poster, Words(), kinds=("win",)).problem(alert_row()) == "kind_not_wanted"
        assert slack_chat(poster, Words()).problem(alert_row(kind="gossip")) == "unknown_kind"
        assert slack_chat(poster, Words()).problem(alert_row()) is None


def test_the_address_is_a_secret_and_only_known_hosts_are_taken() -> None:
    poster = Poster("https://hooks.slack.com/services/T/B/verysecret", SLACK_HOSTS)
    assert "verysecret" not in repr(poster)
    poster.close()
    for url in ("https://example.com/services/verysecret", "http://hooks.slack.com/verysecret", "hooks.slack.com/verysecret"):
        with pytest.raises(ActivationError) as refused:
            Poster(url, SLACK_HOSTS)
        assert "verysecret" not in str(refused.value)


def test_a_signed_webhook_is_verified_as_its_receiver_would(receiver: Receiver) -> None:
    row = alert_row(amount=Decimal("10.50"))
    with Poster(receiver.url) as poster:
        hook = SignedWebhook(poster, SECRET, lambda: datetime(2026, 6, 30, 12, tzinfo=UTC))
        assert hook.send(row).outcome is Outcome.ACCEPTED
        assert hook.send(row).outcome is Outcome.ACCEPTED
    (headers, content), (again, _) = receiver.seen
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + content
    digest = base64.b64encode(hmac.new(b"k" * 32, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert headers["webhook-id"] == again["webhook-id"] == row.delivery_id
    said = json.loads(content)
    assert said["type"] == "bastao.messages_slack"
    assert said["timestamp"] == "2026-06-30T13:25:00Z"
    assert said["data"]["amount"] == "10.50"


def test_the_signature_matches_the_published_example() -> None:
    """Test vector of the Standard Webhooks specification's reference libraries."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    found = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["opensesame", "whsec_###", "whsec_c2hvcnQ="])
def test_a_weak_secret_is_refused_without_repeating_it(secret: str) -> None:
    with pytest.raises(ActivationError, match="whsec_<base64") as refused:
        key_of(secret)
    assert secret not in str(refused.value).replace("whsec_<base64", "")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(30, "30 s"), (240, "4 min"), (3900, "1 h 05 min"), (7200, "2 h"), (90000, "1 d 1 h"), (172800, "2 d")],
)
def test_durations_are_said_in_two_units(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def test_a_long_digest_never_outgrows_teams() -> None:
    alerts = [Alert(str(n), "breach", datetime(2026, 6, 30, tzinfo=UTC), clause="é" * 400, who="ã" * 100) for n in range(500)]
    assert len(json.dumps(teams.body(alerts, Words())).encode()) <= 28_000
    assert len(slack.body(alerts, Words())["blocks"]) <= 50
