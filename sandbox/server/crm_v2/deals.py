"""Deals of CRM v2: updated-at filter, no stage history, no lost note, no marketing flag (rd_station.md B3)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v2.base import add, custom_in, custom_out, data_of, listing, number
from sandbox.server.http import Request, Response, empty, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Deal
from sandbox.server.times import zulu

if TYPE_CHECKING:
    from sandbox.server.core import Change, Sandbox

FILTERS = {
    "id", "name", "rating", "status", "closed_at", "created_at", "updated_at", "expected_close_date",
    "organization_id", "contact_id", "stage_id", "lost_reason_id", "campaign_id", "owner_id", "pipeline_id",
    "product_ids", "has",
}  # fmt: skip
SORTS = ("name", "rating", "created_at", "updated_at", "closed_at")
STATUSES = ("won", "lost", "ongoing", "paused")


def register(router: Router, base: str) -> None:
    """Add the routes; PUT and PATCH do the same (a tutorial mentions PATCH)."""
    add(router, base, "GET", "/deals", list_deals, "deals")
    add(router, base, "POST", "/deals", create, "deals_write")
    add(router, base, "GET", "/deals/{id}", read, "deal")
    add(router, base, "PUT", "/deals/{id}", update, "deals_write")
    add(router, base, "PATCH", "/deals/{id}", update, "deals_write")
    add(router, base, "DELETE", "/deals/{id}", delete, "deals_write")


def deal_body(sandbox: "Sandbox", deal: Deal) -> dict[str, Any]:
    """One deal as printed."""
    return {
        "id": deal.id,
        "name": deal.name,
        "recurrence_price": number(deal.amount_monthly),
        "one_time_price": number(deal.amount_unique),
        "total_price": number(deal.total),
        "expected_close_date": deal.prediction_date,
        "rating": deal.rating,
        "status": deal.status,
        "closed_at": zulu(deal.closed_at),
        "pipeline_id": deal.pipeline_id,
        "stage_id": deal.stage_id,
        "owner_id": deal.user_id,
        "source_id": deal.source_id,
        "campaign_id": deal.campaign_id,
        "lost_reason_id": deal.lost_reason_id,
        "organization_id": deal.organization_id,
        "contact_ids": deal.contact_ids,
        "custom_fields": custom_out(sandbox, "deal", deal.custom),
        "created_at": zulu(deal.created_at),
        "updated_at": zulu(deal.updated_at),
    }


def list_deals(sandbox: "Sandbox", request: Request) -> Response:
    """GET /deals."""

    def value(deal: Deal, field: str) -> Any:
        if field.startswith("@"):
            return custom_out(sandbox, "deal", deal.custom).get(field[1:])
        if field == "has":
            return ["product"] if deal.products else []
        named = {
            "contact_id": deal.contact_ids, "owner_id": deal.user_id, "expected_close_date": deal.prediction_date,
            "product_ids": [row.get("product_id") for row in deal.products],
        }  # fmt: skip
        return named[field] if field in named else getattr(deal, field)

    deals = sandbox.engine.crm.deals
    return listing(
        sandbox, request, "deals", deals.values, lambda deal: deal_body(sandbox, deal), filters=FILTERS, sorts=SORTS,
        getter=value,
    )  # fmt: skip


def need_deal(sandbox: "Sandbox", key: str) -> Deal:
    """The deal, or 404."""
    deal = sandbox.engine.crm.deals.get(key)
    if deal is None:
        raise errors.refuse(errors.v2_not_found())
    return deal


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET /deals/{id}."""
    return reply({"data": deal_body(sandbox, need_deal(sandbox, request.params["id"]))})


def _change(sandbox: "Sandbox", data: dict[str, Any]) -> dict[str, Any]:
    names = {
        "name": "name", "rating": "rating", "expected_close_date": "prediction_date", "owner_id": "user_id",
        "source_id": "source_id", "campaign_id": "campaign_id", "organization_id": "organization_id",
        "contact_ids": "contact_ids", "recurrence_price": "amount_montly", "one_time_price": "amount_unique",
    }  # fmt: skip
    change = {target: data[key] for key, target in names.items() if key in data}
    if data.get("custom_fields"):
        change["custom"] = custom_in(sandbox, "deal", data["custom_fields"])
    if "rating" in change and change["rating"] not in (1, 2, 3, 4, 5):
        raise errors.refuse(errors.v2_error(422, "unprocessable_entity", "rating must be 1 to 5."))
    if change.get("user_id") and sandbox.engine.reference.user(change["user_id"]) is None:
        raise errors.refuse(errors.v2_error(422, "unprocessable_entity", "owner_id is unknown."))
    return change


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /deals: 201; deals are created as `ongoing` only."""
    data = data_of(request)
    reference = sandbox.engine.reference
    if len(str(data.get("name") or "")) < 2:
        return errors.v2_error(422, "unprocessable_entity", "name is too short.")
    if data.get("status", "ongoing") != "ongoing":
        return errors.v2_error(422, "unprocessable_entity", "status must be ongoing.")
    pipelines = reference.list("pipelines")
    pipeline = reference.get("pipelines", data.get("pipeline_id")) or pipelines[0]
    wanted = data.get("stage_id") or (data.get("distribution_settings") or {}).get("stage_id")
    stage = reference.stages.get(wanted or pipeline["stages"][0]["id"])
    if stage is None:
        return errors.v2_error(422, "unprocessable_entity", "stage_id is unknown.")
    row = {"rating": 1, **_change(sandbox, data), "stage_id": stage["id"], "pipeline_id": stage["pipeline_id"]}
    row["deal_id"] = hex24("deal", sandbox.world.seed, sandbox.next_number())
    sandbox.commit(request, "crm_deals", [("crm.deal_created", row)], body=data)
    return reply({"data": deal_body(sandbox, sandbox.engine.crm.deals[row["deal_id"]])}, 201)


def update(sandbox: "Sandbox", request: Request) -> Response:
    """PUT /deals/{id} with the changed keys only; closing is an update of `status`."""
    deal = need_deal(sandbox, request.params["id"])
    data = data_of(request)
    changes: list[Change] = []
    change = _change(sandbox, data)
    if change:
        changes.append(("crm.deal_updated", {**change, "deal_id": deal.id}))
    if data.get("stage_id") and data["stage_id"] != deal.stage_id:
        stage = sandbox.engine.reference.stages.get(data["stage_id"])
        if stage is None:
            return errors.v2_error(422, "unprocessable_entity", "stage_id is unknown.")
        moved = {"deal_id": deal.id, "stage_id": stage["id"], "pipeline_id": stage["pipeline_id"]}
        changes.append(("crm.deal_stage", moved))
    changes += _status(sandbox, deal, data)
    if changes:
        sandbox.commit(request, "crm_deals", changes, body=data)
    return reply({"data": deal_body(sandbox, deal)})


def _status(sandbox: "Sandbox", deal: Deal, data: dict[str, Any]) -> "list[Change]":
    status = data.get("status")
    if status is None or status == deal.status:
        return []
    if status not in STATUSES:
        raise errors.refuse(errors.v2_error(422, "unprocessable_entity", "status is not valid."))
    reason = data.get("lost_reason_id")
    if reason and sandbox.engine.reference.get("lost_reasons", reason) is None:
        raise errors.refuse(errors.v2_error(422, "unprocessable_entity", "lost_reason_id is unknown."))
    if status in ("won", "lost"):
        return [("crm.deal_closed", {"deal_id": deal.id, "win": status == "won", "lost_reason_id": reason})]
    changes: list[Change] = []
    if deal.closed_at is not None:
        changes.append(("crm.deal_reopened", {"deal_id": deal.id}))
    if bool(deal.hold) is not (status == "paused"):
        changes.append(("crm.deal_hold", {"deal_id": deal.id, "hold": status == "paused"}))
    return changes


def delete(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE /deals/{id}: 204."""
    deal = need_deal(sandbox, request.params["id"])
    sandbox.commit(request, "crm_deals", [("crm.deal_deleted", {"deal_id": deal.id})])
    return empty()
