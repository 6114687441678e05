"""OAuth of both products, the v1 token, and every authentication error body of the contract."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sandbox.small_world import small_world
from tests.support.sandbox import SandboxHandle, running_sandbox

ERRORS = Path(__file__).parent / "rd_station_examples"


def error(name: str) -> Any:
    """An error body of the contract."""
    return json.loads((ERRORS / name).read_text())


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox(small_world(), limits=False) as handle:
        yield handle


def grant(box: SandboxHandle, product: str, path: str) -> str:
    """A code from the authorization page."""
    own = box.credentials["marketing" if product == "marketing" else "crm_v2"]
    query = {"client_id": own["client_id"], "redirect_uri": "http://127.0.0.1/cb", "state": "s1"}
    answer = box.client.get(path, params=query)
    assert answer.status_code == 302
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert back["state"] == ["s1"]
    return back["code"][0]


def test_classic_code_is_single_use_and_lives_an_hour(box: SandboxHandle) -> None:
    own = box.credentials["marketing"]
    keys = {"client_id": own["client_id"], "client_secret": own["client_secret"]}
    code = grant(box, "marketing", "/auth/dialog")
    first = box.client.post("/auth/token", params={"token_by": "code"}, json={**keys, "code": code})
    assert first.status_code == 200 and first.json()["expires_in"] == 86400
    again = box.client.post("/auth/token", json={**keys, "code": code})
    assert (again.status_code, again.json()) == (401, error("marketing/errors/401_expired_code.json"))
    late = grant(box, "marketing", "/auth/dialog")
    box.advance(3601)
    assert box.client.post("/auth/token", json={**keys, "code": late}).status_code == 401
    # The redirect parameter under the name that the official client uses.
    query = {"client_id": own["client_id"], "redirect_url": "http://127.0.0.1/cb"}
    assert box.client.get("/auth/dialog", params=query).status_code == 302


def test_classic_refresh_token_can_be_used_again(box: SandboxHandle) -> None:
    own = box.credentials["marketing"]
    keys = {key: own[key] for key in ("client_id", "client_secret", "refresh_token")}
    as_json = box.client.post("/auth/token", json=keys)
    as_form = box.client.post("/auth/token", data={**keys, "grant_type": "refresh_token"})
    assert as_json.status_code == as_form.status_code == 200
    assert as_json.json()["refresh_token"] == keys["refresh_token"]
    wrong = box.client.post("/auth/token", json={**keys, "client_secret": "no"})
    assert (wrong.status_code, wrong.json()) == (401, error("marketing/errors/401_wrong_credentials.json"))
    bad = box.client.post("/auth/token", json={**keys, "refresh_token": "no"})
    assert (bad.status_code, bad.json()) == (401, error("marketing/errors/401_invalid_refresh_token.json"))
    text = box.client.post("/auth/token", content=b"x", headers={"content-type": "text/plain"})
    assert (text.status_code, text.json()) == (415, error("marketing/errors/415_unsupported_media_type.json"))


def test_marketing_errors_without_and_with_bad_and_expired_tokens(box: SandboxHandle) -> None:
    path = "/marketing/account_info"
    none = box.client.get(path)
    assert (none.status_code, none.json()) == (401, error("marketing/errors/401_missing_token.json"))
    bad = box.client.get(path, headers={"Authorization": "Bearer nobody"})
    assert (bad.status_code, bad.json()) == (401, error("marketing/errors/401_unauthorized.json"))
    header = box.marketing_headers()
    assert box.client.get(path, headers=header).status_code == 200
    box.expire_tokens()
    late = box.client.get(path, headers=header)
    assert late.status_code == 401 and "expired_token" in late.headers["www-authenticate"]
    assert late.json() == error("marketing/errors/401_unauthorized.json")
    box.switch(expired_token_body="invalid_token")
    assert box.client.get(path, headers=header).json() == error("marketing/errors/401_expired_token.json")
    assert box.marketing("GET", path).status_code == 200


def test_tokens_expire_on_the_world_clock_and_each_product_has_its_own(box: SandboxHandle) -> None:
    box.expire_tokens()
    marketing, crm = box.marketing_headers(), box.crm_headers()
    assert box.client.get("/crm/v2/users", headers=marketing).status_code == 401
    assert box.client.get("/marketing/account_info", headers=crm).status_code == 401
    box.advance(7201)
    assert box.client.get("/crm/v2/users", headers=crm).status_code == 401
    assert box.client.get("/marketing/account_info", headers=marketing).status_code == 200
    box.advance(86400)
    assert box.client.get("/marketing/account_info", headers=marketing).status_code == 401
    box._tokens.clear()


def refresh_crm(box: SandboxHandle, token: str) -> httpx.Response:
    own = box.credentials["crm_v2"]
    keys = {"client_id": own["client_id"], "client_secret": own["client_secret"]}
    return box.client.post("/oauth2/token", data={**keys, "grant_type": "refresh_token", "refresh_token": token})


def test_crm_refresh_token_rolls_and_dies_after_fourteen_idle_days(box: SandboxHandle) -> None:
    old = box.credentials["crm_v2"]["refresh_token"]
    first = refresh_crm(box, old)
    assert first.json()["expires_in"] == 7200 and first.json()["token_type"] == "Bearer"
    assert first.json()["refresh_token"] != old
    assert refresh_crm(box, old).status_code == 401
    new = first.json()["refresh_token"]
    assert box.credentials["crm_v2"]["refresh_token"] == new
    box.advance(14 * 86400 + 60)
    assert refresh_crm(box, new).status_code == 401
    assert refresh_crm(box, box.credentials["crm_v2"]["refresh_token"]).status_code == 200


def test_crm_code_lives_five_minutes(box: SandboxHandle) -> None:
    own = box.credentials["crm_v2"]
    keys = {"client_id": own["client_id"], "client_secret": own["client_secret"], "grant_type": "authorization_code"}
    good = grant(box, "crm", "/oauth/authorize")
    answer = box.client.post("/oauth2/token", data={**keys, "code": good, "redirect_uri": "http://127.0.0.1/cb"})
    assert answer.status_code == 200
    late = grant(box, "crm", "/oauth/authorize")
    box.advance(301)
    assert box.client.post("/oauth2/token", data={**keys, "code": late}).status_code == 401


def test_revocation_kills_both_tokens(box: SandboxHandle) -> None:
    own = box.credentials["marketing"]
    keys = {"client_id": own["client_id"], "client_secret": own["client_secret"]}
    box._tokens.clear()
    header = box.marketing_headers()
    form = {"token": header["Authorization"][7:], "token_type_hint": "access_token"}
    assert box.client.post("/auth/revoke", data=form).json() == {}
    assert box.client.get("/marketing/account_info", headers=header).status_code == 401
    dead = box.client.post("/auth/token", json={**keys, "refresh_token": own["refresh_token"]})
    assert dead.status_code == 401
    box._tokens.clear()
    assert box.marketing("GET", "/marketing/account_info").status_code == 200  # credentials grant anew


def test_v1_token_and_restricted_visibility(box: SandboxHandle) -> None:
    tokens = box.credentials["crm_v1"]
    url = "/crm-v1/api/v1/deals"
    denied = box.client.get(url)
    assert (denied.status_code, denied.json()) == (401, error("crm_v1/errors/401_permission_denied.json"))
    full = box.client.get(url, params={"token": tokens["token"]}).json()
    part = box.client.get(url, params={"token": tokens["restricted_token"]})
    assert part.status_code == 200 and 0 < part.json()["total"] < full["total"]
    hidden = {row["id"] for row in full["deals"]} - {row["id"] for row in part.json()["deals"]}
    gone = box.client.get(f"{url}/{hidden.pop()}", params={"token": tokens["restricted_token"]})
    assert (gone.status_code, gone.json()) == (404, error("crm_v1/errors/404_not_found.json"))
