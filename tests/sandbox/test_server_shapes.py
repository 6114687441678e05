"""Every GET example of the contract against the sandbox's answer for the same path: same keys, same JSON types."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import small_world as small
from tests.support.sandbox import SandboxHandle, running_sandbox

EXAMPLES = Path(__file__).parent / "rd_station_examples"
INDEX = json.loads((EXAMPLES / "index.json").read_text())["examples"]
GETS = [row for row in INDEX if row["method"] == "GET" and row["status"] == 200]
# Ids for `{id}` by file, where the path alone does not say what kind of thing it is.
IDS = {
    "crm_v1/contact_detail.json": small.PERSON_1,
    "crm_v1/organization_detail.json": small.ORG,
    "crm_v1/deal_stages.json": small.PIPELINE,
    "marketing/campaign_items.json": "31",
    "marketing/email.json": "8812301",
    "marketing/segmentation_contacts.json": "1",
    "marketing/workflow_detail.json": small.FLOW,
}
# Keys that the contract lets a service leave out or add: (file or "*", key) -> why.
OPTIONAL = {
    "cf_motivo_devolucao_vendas": "custom fields are the account's own",
    "cf_porte_empresa": "custom fields are the account's own",
    "cf_produtos_interesse": "custom fields are the account's own",
    "job_title": "text without a value is left out",
    "lead-aceito": "custom fields are the account's own",
    "quer-retomar-em": "custom fields are the account's own",
    "area-de-atuacao": "custom fields are the account's own",
    "filiais": "custom fields are the account's own",
    "valid_options": "only fields with options have them",
    "deal_won": "only pipelines that copy won deals have it",
    "traffic_source": "payloads are open objects",
    "traffic_medium": "payloads are open objects",
    "traffic_campaign": "payloads are open objects",
    "name": "payloads are open objects",
}
FREE = {"payload", "custom_fields", "content"}  # objects whose keys are the account's own


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox(small.small_world(), limits=False) as handle:
        hook = {"entity_type": "CONTACT", "http_method": "POST", "url": "http://127.0.0.1:1/x", "event_type": "x"}
        sandbox = handle.app.sandbox  # a validation call needs a receiver: subscribe behind the API
        relations = ["CONTACT_FUNNEL", "COMPANY"]
        sandbox.hooks.add("marketing", {**hook, "event_type": "WEBHOOK.CONVERTED", "event_identifiers": ["a"],
                                        "include_relations": relations})  # fmt: skip
        sandbox.hooks.add("crm_v1", {"event_type": "crm_deal_updated", "url": "http://127.0.0.1:1/x"})
        sandbox.hooks.add("crm_v2", {"event_type": "crm_deal_updated", "url": "http://127.0.0.1:1/x", "name": "n"})
        yield handle


def ask(box: SandboxHandle, row: dict[str, Any]) -> Any:
    path = row["path"]
    if row["file"].startswith("marketing"):
        who = small.ANA if "minimal" not in row["file"] else small.CAIO
        path = path.replace("{identifier}:{value}", f"uuid:{who}").replace("{uuid}", small.ANA)
        path = path.replace("{id}", IDS.get(row["file"], "?"))
        if "analytics" in path:
            path += "?start_date=2026-01-01&end_date=2026-01-20"
        answer = box.marketing("GET", path)
    elif row["file"].startswith("crm_v1"):
        path = path.replace("token={token}&", "").replace("?token={token}", "")
        deal = small.DEAL_1
        answer = box.v1("GET", *_split(path.replace("{id}", IDS.get(row["file"], deal))))
    else:
        answer = box.v2("GET", path.removeprefix("/crm/v2").replace("{id}", small.DEAL_1))
    assert answer.status_code == 200, answer.text
    return answer.json()


def _split(path: str) -> tuple[str, dict[str, str]]:
    head, _, query = path.partition("?")
    return head, dict(pair.split("=", 1) for pair in query.split("&") if pair)


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return {str: "text", list: "list", dict: "object", type(None): "null"}[type(value)]


def differences(want: Any, got: Any, where: str) -> Iterator[str]:
    """What is missing, extra or of another type; null stands for any type, lists compare their united elements."""
    if kind(want) != kind(got):
        if want is not None and got is not None:
            yield f"{where}: {kind(got)} instead of {kind(want)}"
        return
    if isinstance(want, dict):
        if where.rsplit(".", 1)[-1] in FREE:
            return
        for key in want:
            if key not in got:
                if key not in OPTIONAL:
                    yield f"{where}.{key}: missing"
            else:
                yield from differences(want[key], got[key], f"{where}.{key}")
        for key in got:
            if key not in want and key not in OPTIONAL and not (want == {} and where.endswith("config")):
                yield f"{where}.{key}: not in the example"
    elif isinstance(want, list) and want and got:
        for number, item in enumerate(got):
            best = min((list(differences(w, item, f"{where}[{number}]")) for w in want), key=len)
            yield from best


@pytest.mark.parametrize("row", GETS, ids=lambda row: row["file"])
def test_answers_have_the_shape_of_the_examples(box: SandboxHandle, row: dict[str, Any]) -> None:
    want = json.loads((EXAMPLES / row["file"]).read_text())
    got = ask(box, row)
    problems = list(differences(want, got, "$"))
    if row["file"] == "crm_v1/deal_detail_open.json":
        problems = [p for p in problems if "win" not in p]
    assert not problems, "\n".join(problems[:20])
    if "minimal" in row["file"]:
        assert "job_title" not in got and got["tags"] == got["legal_bases"] == []
        return
    first = got if isinstance(got, list) else next((v for v in got.values() if isinstance(v, list)), [1])
    assert first, "an empty list proves nothing"
