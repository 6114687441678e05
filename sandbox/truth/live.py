"""The state of the outside systems at one instant of the replay, as far as the truth needs it."""

from datetime import datetime
from typing import Any

from sandbox.events import Event
from sandbox.truth.observations import second

_CONTACT_KEYS = ("email", "name", "extra_emails", "tags", "legal_bases")


class Live:
    """Applies events one by one. Deleted records are gone, merged contacts leave their events to the survivor."""

    def __init__(self, stage_names: dict[str, str]) -> None:
        self._stage_names = stage_names
        self.rd: dict[str, dict[str, Any]] = {}
        self.rd_events: dict[str, list[tuple[Any, ...]]] = {}
        self.captures: dict[str, list[tuple[str, datetime, frozenset[str]]]] = {}
        self.funnels: dict[str, dict[str, Any]] = {}
        self.crm: dict[str, dict[str, Any]] = {}
        self.organizations: dict[str, dict[str, Any]] = {}
        self.deals: dict[str, dict[str, Any]] = {}
        self.tasks: dict[str, dict[str, Any]] = {}
        self.erp: dict[tuple[str, int], dict[str, Any]] = {}

    def apply(self, event: Event) -> None:
        """One event; facts about records that no longer exist are ignored, as the services ignore them."""
        system, _, what = event.kind.partition(".")
        handler = getattr(self, f"_{system}_{what}", None)
        if handler is not None:
            handler(second(event.at), event.data)

    # Marketing
    def _mkt_contact_created(self, at: datetime, data: dict[str, Any]) -> None:
        self.rd[data["contact_uuid"]] = {
            **{key: data.get(key) for key in _CONTACT_KEYS}, "fields": dict(data["fields"]), "created_at": at
        }  # fmt: skip

    def _mkt_contact_updated(self, at: datetime, data: dict[str, Any]) -> None:
        contact = self.rd.get(data["contact_uuid"])
        if contact is not None:
            contact.update({key: data[key] for key in _CONTACT_KEYS if key in data})
            contact["fields"] = contact["fields"] | data.get("fields", {})

    def _mkt_contact_deleted(self, at: datetime, data: dict[str, Any]) -> None:
        self.rd.pop(data["contact_uuid"], None)

    def _mkt_contact_merged(self, at: datetime, data: dict[str, Any]) -> None:
        self.rd.pop(data["contact_uuid"], None)
        moved = self.rd_events.pop(data["contact_uuid"], [])
        self.rd_events.setdefault(data["into_uuid"], []).extend(moved)
        forms = self.captures.pop(data["contact_uuid"], [])
        self.captures.setdefault(data["into_uuid"], []).extend(forms)

    def _mkt_conversion(self, at: datetime, data: dict[str, Any]) -> None:
        payload = data["payload"]
        traffic = tuple(payload.get(f"traffic_{key}") for key in ("source", "medium", "campaign"))
        self.rd_events.setdefault(data["contact_uuid"], []).append(
            ("CONVERSION", data["identifier"], at, *traffic)
        )
        filled = frozenset(key for key, value in payload.items() if value not in (None, "", [], {}))
        self.captures.setdefault(data["contact_uuid"], []).append((data["identifier"], at, filled))

    def _mkt_opportunity(self, at: datetime, data: dict[str, Any]) -> None:
        self.rd_events.setdefault(data["contact_uuid"], []).append(
            ("OPPORTUNITY", "default", at, None, None, None)
        )

    def _mkt_funnel(self, at: datetime, data: dict[str, Any]) -> None:
        funnel = self.funnels.setdefault(data["contact_uuid"], {"lifecycle_stage": "Lead"})
        funnel.update({key: value for key, value in data.items() if key != "contact_uuid"})

    # CRM
    def _crm_contact_created(self, at: datetime, data: dict[str, Any]) -> None:
        self.crm[data["contact_id"]] = {**data, "created_at": at}

    def _crm_contact_updated(self, at: datetime, data: dict[str, Any]) -> None:
        if data["contact_id"] in self.crm:
            self.crm[data["contact_id"]].update(data)

    def _crm_contact_deleted(self, at: datetime, data: dict[str, Any]) -> None:
        self.crm.pop(data["contact_id"], None)

    def _crm_organization_created(self, at: datetime, data: dict[str, Any]) -> None:
        self.organizations[data["organization_id"]] = {**data, "created_at": at}

    def _crm_organization_updated(self, at: datetime, data: dict[str, Any]) -> None:
        self.organizations[data["organization_id"]].update(data)

    def _crm_deal_created(self, at: datetime, data: dict[str, Any]) -> None:
        self.deals[data["deal_id"]] = {
            **data, "custom": dict(data["custom"]), "created_at": at, "updated_at": at, "closed_at": None, "win": None,
            "hold": False, "user_changed": False, "lost_reason_id": None, "visits": [(self._stage_names[data["stage_id"]], at)],
        }  # fmt: skip

    def _crm_deal_updated(self, at: datetime, data: dict[str, Any]) -> None:
        deal = self.deals.get(data["deal_id"])
        if deal is None:
            return
        if "user_id" in data and data["user_id"] != deal["user_id"]:
            deal["user_changed"] = True
        deal.update({key: value for key, value in data.items() if key != "custom"}, updated_at=at)
        deal["custom"] = deal["custom"] | data.get("custom", {})

    def _crm_deal_stage(self, at: datetime, data: dict[str, Any]) -> None:
        if data["deal_id"] in self.deals:
            deal = self.deals[data["deal_id"]]
            deal["visits"] = [*deal["visits"], (self._stage_names[data["stage_id"]], at)]
            deal["stage_id"], deal["updated_at"] = data["stage_id"], at

    def _crm_deal_closed(self, at: datetime, data: dict[str, Any]) -> None:
        if data["deal_id"] in self.deals:
            self.deals[data["deal_id"]].update(
                closed_at=at,
                win=data["win"],
                hold=False,
                lost_reason_id=data.get("lost_reason_id"),
                updated_at=at,
            )

    def _crm_deal_reopened(self, at: datetime, data: dict[str, Any]) -> None:
        if data["deal_id"] in self.deals:
            self.deals[data["deal_id"]].update(closed_at=None, win=None, lost_reason_id=None, updated_at=at)

    def _crm_deal_hold(self, at: datetime, data: dict[str, Any]) -> None:
        if data["deal_id"] in self.deals:
            self.deals[data["deal_id"]].update(hold=data["hold"], updated_at=at)

    def _crm_deal_deleted(self, at: datetime, data: dict[str, Any]) -> None:
        self.deals.pop(data["deal_id"], None)  # its tasks stay in the listing, without a deal

    def _crm_task_created(self, at: datetime, data: dict[str, Any]) -> None:
        self.tasks[data["task_id"]] = {**data, "created_at": at, "done_at": None}

    def _crm_task_done(self, at: datetime, data: dict[str, Any]) -> None:
        if data["task_id"] in self.tasks:
            self.tasks[data["task_id"]]["done_at"] = second(data["done_at"])

    def _crm_task_deleted(self, at: datetime, data: dict[str, Any]) -> None:
        self.tasks.pop(data["task_id"], None)

    # ERP: soft-deleted rows count for nothing, so they are simply gone here
    def _erp_upsert(self, at: datetime, data: dict[str, Any]) -> None:
        self.erp[(data["table"], data["recno"])] = data["row"]

    def _erp_delete(self, at: datetime, data: dict[str, Any]) -> None:
        self.erp.pop((data["table"], data["recno"]), None)

    _erp_pack = _erp_delete
