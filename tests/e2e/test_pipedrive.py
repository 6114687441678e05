"""A company whose CRM is Pipedrive: the line from the API to the marts, and the next day as an incremental run."""

from pathlib import Path

import pytest

from orchestration import stages
from orchestration.profile import Profile
from orchestration.settings import load_profile
from sandbox.server.pipedrive import view
from tests.e2e.line import build, frame
from tests.support import crms
from tests.support.company import secrets, write_profile
from tests.support.sandbox import SandboxHandle, running_sandbox

SOURCES = ("agreement", "rd_station", "pipedrive", "protheus", "inbox", "deliveries")


def pipedrive_company(base: Path, box: SandboxHandle, patch: pytest.MonkeyPatch) -> Profile:
    """The demo company with Pipedrive instead of RD Station CRM."""
    folder, given = write_profile(base / "company", box.url), box.credentials
    crms.replace_crm(folder, crms.section("pipedrive", box))
    for path in [*folder.glob("agreement/*.yaml"), *folder.glob("mappings/*.yaml")]:
        path.write_text(path.read_text().replace("rd_station_crm", "pipedrive"))
    for name, value in (secrets(given) | crms.secrets(given)).items():
        patch.setenv(name, value)
    patch.setenv("BASTAO_HOME", str(base / "home"))
    return load_profile(folder)


def assert_opportunities(profile: Profile, box: SandboxHandle) -> None:
    """Each live deal of the company is one opportunity, with its outcome, its stage and its first stage of the funnel."""
    assert box.app is not None
    found = frame(profile.paths.warehouse, "select deal_id, outcome, user_changed, created_at from staging.stg_pipedrive__deals")
    live = [passage for passage in view.passages(box.app.sandbox) if passage.deleted_at is None]
    ids = {
        ("lead:" + view.lead_key(p.deal.id)) if p.is_lead or p.converted_at else str(view.number("deal", p.deal.id)): p for p in live
    }
    assert set(found.deal_id) == set(ids)
    for row in found.itertuples(index=False):
        assert row.outcome == {None: "open", True: "won", False: "lost"}[ids[row.deal_id].deal.win]
    marts = frame(profile.paths.warehouse, "select count(*) as n, count(funnel_stage) as staged, count(person_id) as people from intermediate.int_opportunities")
    assert marts.n[0] == len(ids) and marts.staged[0] >= 0.6 * len(ids) and marts.people[0] >= 0.9 * len(ids)
    done = sum(task.done for task in box.app.sandbox.engine.crm.tasks.values())
    assert 0 < frame(profile.paths.warehouse, "select count(*) as n from intermediate.int_contact_attempts").n[0] <= done


@pytest.mark.long
def test_a_pipedrive_company_from_the_api_to_the_marts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_sandbox({"seed": 9, "leads": 80, "months": 2}, limits=False, home=str(tmp_path / "sandbox")) as box:
        profile = pipedrive_company(tmp_path, box, monkeypatch)
        for source in SOURCES:
            report = stages.ingest(profile, source)
            assert stages.gate_raw(profile, source, report.load_seq).passed
        build(profile)
        assert_opportunities(profile, box)
        box.advance(86400)
        for source in SOURCES:
            stages.ingest(profile, source)
        build(profile)
        assert_opportunities(profile, box)
