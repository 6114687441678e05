"""Creating and updating deals through v1 (rd_station.md B1)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v1.base import add, body_dict, need_deal
from sandbox.server.crm_v1.contacts import person_change
from sandbox.server.crm_v1.deal_body import detail
from sandbox.server.crm_v1.organizations import organization_change
from sandbox.server.crm_v1.product_rows import product_row
from sandbox.server.http import Request, Response, html_error, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Deal

if TYPE_CHECKING:
    from sandbox.server.core import Change, Sandbox


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "POST", "/deals", create, "deals_write")
    add(router, base, "PUT", "/deals/{id}", update, "deals_write")


def _owner(sandbox: "Sandbox", request: Request) -> str | None:
    """The token's user: the owner of deals that are created without one."""
    if request.user_id:
        return request.user_id
    users = sandbox.engine.reference.list("users")
    return users[-1]["id"] if users else None


def _custom(sandbox: "Sandbox", rows: list[dict[str, Any]]) -> dict[str, Any]:
    values = {}
    for row in rows:
        field = sandbox.engine.reference.custom_field("deal", str(row.get("custom_field_id")))
        if field is None:
            text = f"Could not find a custom field that matches: {{:custom_field_id=>\"{row.get('custom_field_id')}\"}}"
            raise errors.refuse(errors.v1_text(text))
        values[field["label"]] = row.get("value")
    return values


def _plain(sandbox: "Sandbox", deal: dict[str, Any]) -> dict[str, Any]:
    """Keys of the `deal` object that are stored as they are; the stage is not one of them on update."""
    change = {key: deal[key] for key in ("name", "prediction_date", "rating") if key in deal}
    name = change.get("name")
    if name is not None and not isinstance(name, str):
        raise errors.refuse(errors.by_field({"name": [("MUST_BE_STRING", "Name must be string.")]}, 422))
    if name is not None and len(name) < 2:
        raise errors.refuse(errors.v1_fields({"name": ["Nome está muito curto, use no mínimo 2 caracteres."]}))
    if "rating" in change and change["rating"] not in (1, 2, 3, 4, 5):
        raise errors.refuse(errors.v1_fields({"rating": ["Qualificação inválida."]}))
    if "user_id" in deal:
        if deal["user_id"] and sandbox.engine.reference.user(deal["user_id"]) is None:
            raise errors.refuse(errors.v1_fields({"user_id": ["Usuário não encontrado."]}))
        change["user_id"] = deal["user_id"]
    if deal.get("deal_custom_fields"):
        change["custom"] = _custom(sandbox, deal["deal_custom_fields"])
    return change


def _relations(sandbox: "Sandbox", body: dict[str, Any], number: int, changes: "list[Change]") -> dict[str, Any]:
    """Source, campaign, organization, contacts and products of the body; new rows are added to `changes`."""
    change: dict[str, Any] = {}
    for key, target in (("deal_source", "source_id"), ("campaign", "campaign_id")):
        if (body.get(key) or {}).get("_id"):
            change[target] = body[key]["_id"]
    organization = body.get("organization") or {}
    if organization.get("_id"):
        change["organization_id"] = organization["_id"]
    elif organization.get("name"):
        change["organization_id"] = hex24("organization", sandbox.world.seed, number)
        row = {**organization_change(sandbox, organization), "organization_id": change["organization_id"]}
        changes.append(("crm.organization_created", row))
    if body.get("contacts"):
        change["contact_ids"] = []
        for position, contact in enumerate(body["contacts"]):
            key = contact.get("_id") or contact.get("id")
            if not key:
                key = hex24("contact", sandbox.world.seed, number, position)
                row = {"organization_id": change.get("organization_id"), **person_change(contact), "contact_id": key}
                changes.append(("crm.contact_created", {"name": "Contato", **row}))
            change["contact_ids"].append(key)
    if body.get("deal_products") is not None:
        at = sandbox.engine.at
        change["products"] = [product_row(row, hex24("line", number, n), at) for n, row in enumerate(body["deal_products"])]
    return change


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /deals: 200, not 201. Without `user_id` the token's owner gets the deal."""
    body = body_dict(request)
    deal = body.get("deal") or {}
    if not deal.get("name"):
        return errors.v1_fields({"name": ["Nome não pode ficar em branco."]})
    reference, number = sandbox.engine.reference, sandbox.next_number()
    stage_id = deal.get("deal_stage_id") or (body.get("distribution_settings") or {}).get("deal_stage_id")
    stage_id = stage_id or reference.list("pipelines")[0]["stages"][0]["id"]
    stage = reference.stages.get(stage_id)
    if stage is None:
        return errors.v1_fields({"deal_stage_id": ["Etapa não encontrada."]})
    changes: list[Change] = []
    row = {"user_id": _owner(sandbox, request), "rating": 1, **_plain(sandbox, deal)}
    row |= _relations(sandbox, body, number, changes)
    row |= {"deal_id": hex24("deal", sandbox.world.seed, number), "stage_id": stage_id, "pipeline_id": stage["pipeline_id"]}
    sandbox.commit(request, "crm_deals", [*changes, ("crm.deal_created", row)], body=body)
    return reply(detail(sandbox, sandbox.engine.crm.deals[row["deal_id"]], written=True))


def update(sandbox: "Sandbox", request: Request) -> Response:
    """PUT /deals/{id}. `deal_stage_id` counts at the top level only: inside `deal` it answers 200 and moves nothing."""
    deal = need_deal(sandbox, request)
    body = body_dict(request)
    sent = body.get("deal") or {}
    if not isinstance(sent, dict):
        return html_error()
    changes: list[Change] = []
    number = sandbox.next_number()
    change = {**_plain(sandbox, sent), **_relations(sandbox, body, number, changes)}
    if change:
        changes.append(("crm.deal_updated", {**change, "deal_id": deal.id}))
    stage_id = body.get("deal_stage_id")
    if stage_id and stage_id != deal.stage_id:
        stage = sandbox.engine.reference.stages.get(stage_id)
        if stage is None:
            return errors.v1_fields({"deal_stage_id": ["Etapa não encontrada."]})
        moved = {"deal_id": deal.id, "stage_id": stage_id, "pipeline_id": stage["pipeline_id"]}
        changes.append(("crm.deal_stage", moved))
    changes += outcome(sandbox, deal, sent)
    if changes:
        sandbox.commit(request, "crm_deals", changes, body=body)
    return reply(detail(sandbox, deal, written=True))


def outcome(sandbox: "Sandbox", deal: Deal, sent: dict[str, Any]) -> "list[Change]":
    """Win, loss, reopening and pausing asked for by the `deal` object."""
    changes: list[Change] = []
    if "win" in sent:
        if sent["win"] is None:
            if deal.closed_at is not None:
                changes.append(("crm.deal_reopened", {"deal_id": deal.id}))
        else:
            reason = sent.get("deal_lost_reason_id")
            if reason and sandbox.engine.reference.get("lost_reasons", reason) is None:
                raise errors.refuse(errors.v1_fields({"deal_lost_reason_id": ["Motivo de perda não encontrado."]}))
            row = {"deal_id": deal.id, "win": bool(sent["win"]), "lost_reason_id": reason}
            changes.append(("crm.deal_closed", {**row, "note": sent.get("deal_lost_note")}))
    if "hold" in sent and bool(sent["hold"]) != bool(deal.hold):
        changes.append(("crm.deal_hold", {"deal_id": deal.id, "hold": bool(sent["hold"])}))
    return changes
