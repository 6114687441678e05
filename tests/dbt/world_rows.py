"""Raw rows straight from a simulated company: what its systems showed at each look, without servers or ingestion.

Independent of both, it lets the models be compared with the truth in seconds. Identifiers are normalised by the
product's own code; everything else is copied.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from ingestion.identifiers import identifier_rows
from ingestion.normalize import normalize_cnpj
from ingestion.rd_station.contacts import legal_basis
from ingestion.tables import TABLES
from sandbox.company.constants import ERP_GROUP
from sandbox.truth.seen import Seen, customer_node
from sandbox.world import World
from tests.dbt.raw_fixture import Raw

DELETED = 10**6  # the load that tells of a deletion


def raw_of(world: World, seen: Seen) -> Raw:
    """Everything in `seen` as raw rows, with the demo company's agreement."""
    raw = Raw()
    _catalogue(raw, world)
    for uuid, contact in seen.rd.items():
        _rd_contact(raw, uuid, contact, _load(seen, f"rd:{uuid}", 1))
    for uuid, events in seen.rd_events.items():
        captured = {(form, at): filled for form, at, filled in seen.captures.get(uuid, ())}
        for kind, identifier, at, source, medium, campaign in sorted(events, key=repr):
            key = hashlib.md5(repr((uuid, kind, identifier, at, source, medium, campaign)).encode()).hexdigest()
            filled = captured.get((identifier, at), frozenset()) if kind == "CONVERSION" else frozenset()
            raw.add(
                "rd_station", "conversions", contact_uuid=uuid, event_type=kind, event_identifier=identifier,
                occurred_at=at, traffic_source=source, traffic_medium=medium, traffic_campaign=campaign, event_key=key,
                filled_fields=",".join(sorted(filled)) or None,
            )  # fmt: skip
    for uuid, glances in seen.glances.items():
        for number, glance in enumerate(glances):
            _glance(raw, uuid, number, glance)
    for contact_id, card in seen.crm.items():
        _crm_contact(raw, contact_id, card, _load(seen, f"crm:{contact_id}", 2))
    for organization_id, row in seen.organizations.items():
        cnpj = normalize_cnpj(row.get("cnpj"))
        raw.add(
            "rd_station_crm", "organizations", organization_id=organization_id, name=row["name"], cnpj=cnpj.value,
            cnpj_root=cnpj.root, segment=row.get("segment"), state=row.get("state"),
        )  # fmt: skip
    stage_ids = {s["name"]: s["id"] for p in world.reference["pipelines"] for s in p["stages"]}
    for deal_id, deal in seen.deals.items():
        _deal(raw, deal_id, deal, seen, stage_ids)
    for task_id, task in seen.tasks.items():
        raw.add(
            "rd_station_crm", "tasks", task_id=task_id, deal_id=task["deal_id"], type=task["type"],
            done=task["done_at"] is not None, done_at=task["done_at"], due_at=_naive(task["due_at"]),
            created_at=task["created_at"], user_id=task["user_id"],
        )  # fmt: skip
    for (table, recno), row in seen.erp.items():
        _erp(raw, table, recno, row, seen)
    return raw


def _load(seen: Seen, node: str, source: int) -> int:
    """The load that first held a record: sources are read one after the other at each look."""
    return 10 * seen.first_look[node] + source


def _naive(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=None) if at else None


def _catalogue(raw: Raw, world: World) -> None:
    for pipeline in world.reference["pipelines"]:
        for stage in pipeline["stages"]:
            raw.add(
                "rd_station_crm", "stages", stage_id=stage["id"], stage_name=stage["name"], stage_order=stage["order"],
                pipeline_id=pipeline["id"], pipeline_name=pipeline["name"],
            )  # fmt: skip
    for reason in world.reference["lost_reasons"]:
        raw.add("rd_station_crm", "lost_reasons", reason_id=reason["id"], name=reason["name"])
    teams = {user_id: team["name"] for team in world.reference["teams"] for user_id in team["user_ids"]}
    for user in world.reference["users"]:
        raw.add(
            "rd_station_crm", "users", user_id=user["id"], name=user["name"], email=user["email"],
            team_name=teams.get(user["id"]),
        )  # fmt: skip


def _rd_contact(raw: Raw, uuid: str, contact: dict[str, Any], load_seq: int) -> None:
    basis = legal_basis(contact["legal_bases"])
    fields = contact["fields"]
    raw.add(
        "rd_station", "contacts", load_seq, contact_uuid=uuid, name=contact["name"], state=fields.get("state"),
        created_at=contact["created_at"], is_deleted=False,
        **{f"legal_{key}": basis.get(key) for key in ("category", "type", "status")},
    )  # fmt: skip
    phones = [fields.get(key) for key in ("personal_phone", "mobile_phone", "phone")]
    emails = [contact["email"], *(contact["extra_emails"] or [])]
    for row in identifier_rows({"contact_uuid": uuid}, emails=emails, phones=phones, cpfs=[fields.get("cf_cpf")]):
        raw.add("rd_station", "contact_identifiers", load_seq, **row)
    if contact["deleted"]:
        raw.add("rd_station", "contacts", DELETED, contact_uuid=uuid, is_deleted=True)


def _glance(raw: Raw, uuid: str, number: int, glance: Any) -> None:
    values = {"contact_uuid": uuid, "lifecycle_stage": glance.stage, "fit": glance.fit, "interest": glance.interest}
    if glance.exact:
        raw.add(
            "inbox", "events", inbox_seq=number, system="rd_station", event_type="WEBHOOK.CONVERTED",
            event_key=f"{uuid}|{number}", occurred_at=glance.at, received_at=glance.at, **values,
        )  # fmt: skip
    else:
        raw.add("rd_station", "funnels", observed_at=glance.at, **values)


def _crm_contact(raw: Raw, contact_id: str, card: dict[str, Any], load_seq: int) -> None:
    raw.add(
        "rd_station_crm", "contacts", load_seq, contact_id=contact_id, name=card["name"], organization_id=card["organization_id"],
        integration_id=card["integration_id"], created_at=card["created_at"],
    )  # fmt: skip
    phones = [item["phone"] for item in card["phones"]]
    for row in identifier_rows({"contact_id": contact_id}, emails=card["emails"], phones=phones):
        raw.add("rd_station_crm", "contact_identifiers", load_seq, **row)
    if card["deleted"]:
        raw.add("rd_station_crm", "contacts", DELETED, contact_id=contact_id, is_deleted=True)


def _deal(raw: Raw, deal_id: str, deal: dict[str, Any], seen: Seen, stage_ids: dict[str, str]) -> None:
    status = {True: "won", False: "lost"}.get(deal["win"], "paused" if deal["hold"] else "ongoing")
    reads = seen.deal_reads[deal_id]
    for number, read in enumerate(reads, start=1):
        raw.add(
            "rd_station_crm", "deals", number, deal_id=deal_id, amount_monthly=deal["amount_montly"],
            amount_unique=deal["amount_unique"], rating=read.rating, win=deal["win"], hold=deal["hold"], status=status,
            stage_id=deal["stage_id"], pipeline_id=deal["pipeline_id"], user_id=read.user_id,
            user_changed=read.user_changed, organization_id=deal["organization_id"],
            lost_reason_id=deal["lost_reason_id"], from_rdsm_integration=deal["from_rdsm"],
            parent_deal_id=deal["parent_deal_id"], erp_order=deal["custom"].get("Pedido ERP"),
            created_at=deal["created_at"], updated_at=read.updated_at, closed_at=deal["closed_at"], observed_at=read.at,
            is_deleted=False,
        )  # fmt: skip
    last = len(reads)
    for position, contact_id in enumerate(deal["contact_ids"]):
        raw.add("rd_station_crm", "deal_contacts", last, deal_id=deal_id, contact_id=contact_id, position=position)
    for number, (name, at) in enumerate(deal["visits"]):
        raw.add(
            "rd_station_crm", "deal_stage_visits", last, deal_id=deal_id, visit_id=f"{deal_id}-{number}",
            stage_id=stage_ids[name], start_at=at,
        )  # fmt: skip
    if deal["deleted"]:
        raw.add("rd_station_crm", "deals", last + 1, deal_id=deal_id, is_deleted=True)


def _erp(raw: Raw, table: str, recno: int, row: dict[str, Any], seen: Seen) -> None:
    name = "sys_company" if table == "SYS_COMPANY" else table[:3].lower()
    spec = TABLES["raw_protheus"].get(name)
    if spec is None:
        return
    given = {key.lower(): value for key, value in row.items()}
    values = {c.name: _typed(given[c.name], c.type) for c in spec.columns if c.name in given}
    load_seq = 1
    if name == "sa1":
        load_seq = _load(seen, customer_node(row), 3)
        cnpj = normalize_cnpj(str(row["A1_CGC"]).strip())
        values |= {"a1_cnpj": cnpj.value, "a1_cnpj_root": cnpj.root}
        owner = {
            "company_group": ERP_GROUP, "branch": _typed(row["A1_FILIAL"], "text"),
            "customer_code": row["A1_COD"].strip(), "store": row["A1_LOJA"].strip(),
        }  # fmt: skip
        document = row["A1_CGC"].strip()
        cpfs = [document] if len(document) == 11 else []
        for identifier in identifier_rows(owner, emails=[row["A1_EMAIL"].strip()], cpfs=cpfs):
            raw.add("protheus", "customer_identifiers", load_seq, **identifier)
    raw.add("protheus", name, load_seq, company_group=ERP_GROUP, recno=recno, is_deleted=False, **values)


def _typed(value: Any, kind: str) -> Any:
    if kind == "date":
        text = str(value).strip()
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])) if text else None
    if kind == "text":
        return str(value).strip() or None
    return value
