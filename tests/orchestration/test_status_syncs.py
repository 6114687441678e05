"""The registry of syncs: each has its plan, its policy, its asset and its words, by standing there."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from dagster import AssetKey

from activation.policy import ReadBack
from orchestration import delivery_words, settings, syncs
from orchestration.assets.deliveries import delivery_assets
from orchestration.destination_settings import Destinations
from orchestration.jobs import delivery_keys
from orchestration.paths import DBT_PROJECT
from orchestration.profile import Profile
from orchestration.runtime import Runtime
from orchestration.warehouse import variables

PLANS = DBT_PROJECT / "models" / "plan"
# Said by the counts themselves, or by the destination's own guide.
PLAIN = {"before_go_live", "too_old", "owned", "not_open", "grace", "nobody_free", "seller_not_in_crm"}
MORE = """
  rd_station_opportunity: {}
  rd_station_sale: {invoice_wait_days: 12, without_invoice: crm_amount}
  rd_station_loss: {}
  rd_station_flow: {max_age_days: 45, fields: {cf_motivo: reason_title}}
"""


@pytest.fixture
def everything(folder: Path, tmp_path: Path) -> Profile:
    config = folder / "bastao.yaml"
    config.write_text(config.read_text(encoding="utf-8") + MORE.lstrip("\n"), encoding="utf-8")
    return settings.load_profile(folder, {"BASTAO_HOME": str(tmp_path / "home")})


def test_every_destination_of_the_settings_has_its_sync_and_plan() -> None:
    assert set(syncs.SYNCS) == set(Destinations.model_fields)
    assert [sync.table for sync in syncs.SYNCS.values() if not (PLANS / f"{sync.table}.sql").is_file()] == []


def test_each_configured_sync_is_an_asset_and_none_is_live_by_itself(everything: Profile) -> None:
    names = [sync.setting for sync in syncs.configured(everything)]
    assert names[:3] == ["rd_station_opportunity", "rd_station_sale", "rd_station_loss"]
    assert set(delivery_keys(everything)) == {AssetKey(["deliveries", name]) for name in names}
    assert {asset.key for asset in delivery_assets(everything)} == set(delivery_keys(everything))
    assert [sync.setting for sync in syncs.live(everything)] == ["rd_station_nurture"]


@pytest.mark.usefixtures("fixed_clock")
def test_policies_say_what_may_be_sent_again(everything: Profile) -> None:
    with Runtime(everything) as runtime:
        found = {sync.name: sync.policy(runtime) for sync in syncs.configured(everything)}
        given = variables(runtime)
    assert {name: (one.read_back, one.on_uncertain) for name, one in found.items()} == {
        "opportunity": (ReadBack.EXACT, "resend"), "sale": (ReadBack.NONE, "hold"), "loss": (ReadBack.WEAK, "hold"),
        "nurture_return": (ReadBack.EXACT, "resend"), "flow_enrolment": (ReadBack.NONE, "hold"),
    }  # fmt: skip
    assert {one.consent_unknown for one in found.values()} == {"refuse"}, "as the agreement says"
    assert "sale_to_correct" in found["sale"].for_a_person and "already_shown" in found["loss"].not_entered
    assert "returned_too_often" in found["flow_enrolment"].final_refusals & found["nurture_return"].final_refusals
    assert (given["return_max_age_days"], given["sale_invoice_wait_days"], given["sale_without_invoice"]) == (45, 12, "crm_amount")


def test_every_reason_of_a_plan_has_its_words() -> None:
    reasons = set()
    for path in PLANS.glob("_*.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            for column in model["columns"]:
                if column["name"] == "refusal_reason":
                    for test in column.get("data_tests", []):
                        reasons |= set(test["accepted_values"]["arguments"]["values"])
    assert len(reasons) > 15
    assert sorted(reasons - set(delivery_words.WHY) - PLAIN) == []
    assert delivery_words.why("http_400:flow_is_off") == delivery_words.WHY["flow_is_off"]


def test_a_field_of_a_flow_must_be_a_custom_one(folder: Path, tmp_path: Path) -> None:
    config = folder / "bastao.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "  rd_station_flow: {fields: {email: reason_title}}\n", encoding="utf-8")
    with pytest.raises(Exception, match="no custom field"):
        settings.load_profile(folder, {"BASTAO_HOME": str(tmp_path / "home")})
