"""How CRM events change deals, contacts, organizations, tasks and notes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.events import Event
from sandbox.server.ids import hex24
from sandbox.server.state.crm_entities import Deal, Note, Organization, Person, StageVisit, Task
from sandbox.server.state.signals import Signal
from sandbox.server.times import as_utc

DEAL_KEYS = (
    "name", "rating", "prediction_date", "organization_id", "campaign_id", "source_id", "pipeline_id",
)  # fmt: skip
PERSON_KEYS = (
    "name", "emails", "phones", "title", "organization_id", "integration_id", "legal_bases",
    "birthday", "social", "notes",
)  # fmt: skip
ORGANIZATION_KEYS = ("name", "url", "cnpj", "segment", "state", "city", "user_id", "resume", "address")


class CrmState:
    """Every CRM row with the indexes that detail pages need."""

    def __init__(self) -> None:
        self.deals: dict[str, Deal] = {}
        self.persons: dict[str, Person] = {}
        self.organizations: dict[str, Organization] = {}
        self.tasks: dict[str, Task] = {}
        self.notes: dict[str, Note] = {}
        self.deals_of_person: dict[str, set[str]] = {}
        self.deals_of_organization: dict[str, set[str]] = {}
        self.persons_of_organization: dict[str, set[str]] = {}
        self.person_by_email: dict[str, str] = {}
        self.organization_by_name: dict[str, str] = {}
        # What was deleted, with the instant, by collection; and contacts that were merged, with the one that stayed. Only
        # CRMs that keep a recycle bin show either.
        self.gone: dict[str, dict[str, tuple[Any, datetime]]] = {
            name: {} for name in ("deals", "persons", "organizations", "tasks")
        }
        self.merged: dict[str, str] = {}
        self.deal_events: dict[str, list[Event]] = {}  # of each deal in order: for CRMs that list every change
        self.version = 0
        self.handlers: dict[str, Callable[[Event], list[Signal]]] = {
            "crm.deal_created": self.create_deal,
            "crm.deal_updated": self.update_deal,
            "crm.deal_stage": self.move_deal,
            "crm.deal_closed": self.close_deal,
            "crm.deal_reopened": self.reopen_deal,
            "crm.deal_hold": self.hold_deal,
            "crm.deal_deleted": self.delete_deal,
            "crm.contact_created": self.write_person,
            "crm.contact_updated": self.write_person,
            "crm.contact_deleted": self.delete_person,
            "crm.contact_merged": self.merge_person,
            "crm.organization_created": self.write_organization,
            "crm.organization_updated": self.write_organization,
            "crm.organization_deleted": self.delete_organization,
            "crm.task_created": self.create_task,
            "crm.task_updated": self.update_task,
            "crm.task_done": self.finish_task,
            "crm.task_deleted": self.delete_task,
            "crm.note_created": self.create_note,
        }

    def apply(self, event: Event) -> list[Signal]:
        """Change the state by one event; what happened to deals is remembered."""
        if event.kind.startswith("crm.deal_"):
            self.deal_events.setdefault(event.data["deal_id"], []).append(event)
        return self.handlers[event.kind](event)

    # Deals ---------------------------------------------------------------------------------------------------
    def create_deal(self, event: Event) -> list[Signal]:
        """Apply `crm.deal_created`: the first stage visit starts with the deal."""
        data = event.data
        deal = Deal(data["deal_id"], data["name"], event.at, event.at, data["stage_id"], data["pipeline_id"])
        self.deals[deal.id] = deal
        self._write_deal(deal, data)
        deal.user_id = data.get("user_id")
        deal.from_rdsm = bool(data.get("from_rdsm"))
        deal.parent_deal_id = data.get("parent_deal_id")
        deal.trail = [(event.at, "user_id", deal.user_id)] if deal.user_id else []
        if deal.rating != 1:  # 1 is the default: nobody gave it
            deal.trail.append((event.at, "rating", deal.rating))
        self._visit(deal, deal.stage_id, event.at)
        return [Signal("crm_deal_created", deal.id, event.at)]

    def update_deal(self, event: Event) -> list[Signal]:
        """Apply `crm.deal_updated`; `user_changed` stays true once the owner was changed."""
        deal = self.deals.get(event.data["deal_id"])
        if deal is None:
            return []
        data = event.data
        if "user_id" in data and data["user_id"] != deal.user_id:
            deal.user_id, deal.user_changed = data["user_id"], True
            deal.trail.append((event.at, "user_id", deal.user_id))
        if "contact_ids" in data and data["contact_ids"] != deal.contact_ids:
            deal.trail.append((event.at, "contact_ids", list(deal.contact_ids)))
        if "rating" in data and data["rating"] != deal.rating:
            deal.trail.append((event.at, "rating", data["rating"]))
        self._write_deal(deal, data)
        return self._touched(deal, event.at)

    def _write_deal(self, deal: Deal, data: dict[str, Any]) -> None:
        if "organization_id" in data and data["organization_id"] != deal.organization_id and deal.organization_id:
            self.deals_of_organization.get(deal.organization_id, set()).discard(deal.id)
        for key in DEAL_KEYS:
            if key in data:
                setattr(deal, key, data[key])
        if deal.organization_id:
            self.deals_of_organization.setdefault(deal.organization_id, set()).add(deal.id)
        if data.get("amount_unique") is not None:
            deal.amount_unique = float(data["amount_unique"])
        monthly = data.get("amount_montly", data.get("amount_monthly"))
        if monthly is not None:
            deal.amount_monthly = float(monthly)
        if data.get("custom"):
            deal.custom.update(data["custom"])
        if "contact_ids" in data:
            for person in deal.contact_ids:
                self.deals_of_person.get(person, set()).discard(deal.id)
            deal.contact_ids = list(data["contact_ids"] or [])
            for person in deal.contact_ids:
                self.deals_of_person.setdefault(person, set()).add(deal.id)
        if "products" in data:
            deal.products = [dict(row) for row in data["products"]]
            deal.amount_unique = sum(row["total"] for row in deal.products if row["recurrence"] == "spare")
            deal.amount_monthly = sum(row["total"] for row in deal.products if row["recurrence"] == "monthly")

    def _visit(self, deal: Deal, stage_id: str, at: datetime) -> None:
        if deal.visits and deal.visits[-1].end is None:
            deal.visits[-1].end = at
        deal.visits.append(StageVisit(hex24(deal.id, "visit", len(deal.visits)), stage_id, at))

    def _touched(self, deal: Deal, at: datetime) -> list[Signal]:
        deal.updated_at = at
        return [Signal("crm_deal_updated", deal.id, at)]

    def move_deal(self, event: Event) -> list[Signal]:
        """Apply `crm.deal_stage`: closes the open visit, opens the next; the pipeline follows when given."""
        deal = self.deals.get(event.data["deal_id"])
        if deal is None:
            return []
        deal.stage_id = event.data["stage_id"]
        deal.pipeline_id = event.data.get("pipeline_id") or deal.pipeline_id
        self._visit(deal, deal.stage_id, event.at)
        return self._touched(deal, event.at)

    def close_deal(self, event: Event) -> list[Signal]:
        """Apply `crm.deal_closed`. The stage stays; a loss carries reason and note."""
        deal, data = self.deals.get(event.data["deal_id"]), event.data
        if deal is None:
            return []
        deal.win, deal.closed_at, deal.hold = bool(data["win"]), event.at, None
        deal.closed_by_id = data.get("closed_by_id") or deal.user_id
        deal.lost_reason_id = None if deal.win else data.get("lost_reason_id")
        deal.lost_note = None if deal.win else data.get("note")
        deal.trail += [(event.at, "status", deal.status), (event.at, "lost_reason_id", deal.lost_reason_id)]
        return self._touched(deal, event.at)

    def reopen_deal(self, event: Event) -> list[Signal]:
        """Apply `crm.deal_reopened`."""
        deal = self.deals.get(event.data["deal_id"])
        if deal is None:
            return []
        deal.win = deal.closed_at = deal.lost_reason_id = deal.lost_note = deal.closed_by_id = None
        deal.trail += [(event.at, "status", "ongoing"), (event.at, "lost_reason_id", None)]
        return self._touched(deal, event.at)

    def hold_deal(self, event: Event) -> list[Signal]:
        """Apply `crm.deal_hold` (paused or not)."""
        deal = self.deals.get(event.data["deal_id"])
        if deal is None:
            return []
        deal.hold = True if event.data["hold"] else None
        return self._touched(deal, event.at)

    def delete_deal(self, event: Event) -> list[Signal]:
        """Apply `crm.deal_deleted`: visible through the webhook or by absence only."""
        deal = self.deals.pop(event.data["deal_id"], None)
        if deal is None:
            return []
        self.gone["deals"][deal.id] = (deal, event.at)
        for person in deal.contact_ids:
            self.deals_of_person.get(person, set()).discard(deal.id)
        if deal.organization_id:
            self.deals_of_organization.get(deal.organization_id, set()).discard(deal.id)
        return [Signal("crm_deal_deleted", deal.id, event.at, label=deal.name)]

    # Contacts and organizations ------------------------------------------------------------------------------
    def write_person(self, event: Event) -> list[Signal]:
        """Apply `crm.contact_created` and `crm.contact_updated`."""
        data = event.data
        person = self.persons.get(data["contact_id"])
        created = event.kind == "crm.contact_created"
        if person is None:
            if not created:
                return []
            person = self.persons[data["contact_id"]] = Person(data["contact_id"], data["name"], event.at, event.at)
        if person.organization_id and "organization_id" in data:
            self.persons_of_organization.get(person.organization_id, set()).discard(person.id)
        for key in PERSON_KEYS:
            if key in data:
                setattr(person, key, data[key])
        person.emails = [row["email"] if isinstance(row, dict) else row for row in person.emails or []]
        person.phones, person.legal_bases = list(person.phones or []), list(person.legal_bases or [])
        person.custom.update(data.get("custom") or {})
        if person.organization_id:
            self.persons_of_organization.setdefault(person.organization_id, set()).add(person.id)
        for email in person.emails:
            self.person_by_email.setdefault(email.lower(), person.id)
        person.updated_at = event.at
        return [Signal("crm_contact_created" if created else "crm_contact_updated", person.id, event.at)]

    def delete_person(self, event: Event) -> list[Signal]:
        """Apply `crm.contact_deleted`: it also leaves the deals."""
        person = self.persons.pop(event.data["contact_id"], None)
        if person is None:
            return []
        self.gone["persons"][person.id] = (person, event.at)
        for email in person.emails:
            if self.person_by_email.get(email.lower()) == person.id:
                del self.person_by_email[email.lower()]
        if person.organization_id:
            self.persons_of_organization.get(person.organization_id, set()).discard(person.id)
        for deal_id in self.deals_of_person.pop(person.id, set()):
            deal = self.deals[deal_id]
            deal.trail.append((event.at, "contact_ids", list(deal.contact_ids)))
            deal.contact_ids = [key for key in deal.contact_ids if key != person.id]
        return [Signal("crm_contact_deleted", person.id, event.at, label=person.name)]

    def merge_person(self, event: Event) -> list[Signal]:
        """Apply `crm.contact_merged`: `contact_id` is absorbed by `into_id`, which takes over its deals."""
        key, into = event.data["contact_id"], self.persons.get(event.data["into_id"])
        if key not in self.persons or into is None:
            return []
        for deal_id in set(self.deals_of_person.pop(key, set())):
            deal = self.deals[deal_id]
            deal.contact_ids = list(dict.fromkeys(into.id if one == key else one for one in deal.contact_ids))
            self.deals_of_person.setdefault(into.id, set()).add(deal_id)
        self.delete_person(event)
        del self.gone["persons"][key]  # a merged record is not in the recycle bin: its id answers with the one that stayed
        self.merged = {old: into.id if new == key else new for old, new in self.merged.items()} | {key: into.id}
        into.updated_at = event.at
        return [Signal("crm_contact_updated", into.id, event.at)]

    def write_organization(self, event: Event) -> list[Signal]:
        """Apply `crm.organization_created` and `crm.organization_updated`."""
        data = event.data
        row = self.organizations.get(data["organization_id"])
        created = event.kind == "crm.organization_created"
        if row is None:
            if not created:
                return []
            row = Organization(data["organization_id"], data["name"], event.at, event.at)
            self.organizations[row.id] = row
        for key in ORGANIZATION_KEYS:
            if key in data:
                setattr(row, key, data[key])
        row.custom.update(data.get("custom") or {})
        self.organization_by_name[row.name.lower()] = row.id
        row.updated_at = event.at
        return [Signal("crm_organization_created" if created else "crm_organization_updated", row.id, event.at)]

    def delete_organization(self, event: Event) -> list[Signal]:
        """Apply `crm.organization_deleted` (CRM v2 DELETE)."""
        row = self.organizations.pop(event.data["organization_id"], None)
        if row is None:
            return []
        self.gone["organizations"][row.id] = (row, event.at)
        return [Signal("crm_organization_deleted", row.id, event.at, label=row.name)]

    # Tasks and notes -----------------------------------------------------------------------------------------
    def create_task(self, event: Event) -> list[Signal]:
        """Apply `crm.task_created`."""
        data = event.data
        task = Task(data["task_id"], data["deal_id"], data["type"], data["subject"], event.at, event.at)
        task.due_at, task.notes = as_utc(data.get("due_at")), data.get("notes")
        task.user_ids = data.get("user_ids") or ([data["user_id"]] if data.get("user_id") else [])
        self.tasks[task.id] = task
        return [Signal("crm_task_created", task.id, event.at)]

    def update_task(self, event: Event) -> list[Signal]:
        """Apply `crm.task_updated` (API writes: any of type, subject, due_at, notes, user_ids, canceled, done)."""
        task, data = self.tasks.get(event.data["task_id"]), event.data
        if task is None:
            return []
        for key in ("type", "subject", "notes", "user_ids", "canceled", "done"):
            if key in data:
                setattr(task, key, data[key])
        if "due_at" in data:
            task.due_at = as_utc(data["due_at"])
        if data.get("done") is False:
            task.done_at = None
        task.updated_at = event.at
        return [Signal("crm_task_updated", task.id, event.at)]

    def finish_task(self, event: Event) -> list[Signal]:
        """Apply `crm.task_done`: `done_at` may lie before `at` (logged late)."""
        task = self.tasks.get(event.data["task_id"])
        if task is None:
            return []
        task.done, task.updated_at = True, event.at
        task.done_at = as_utc(event.data.get("done_at")) or event.at
        task.done_by = event.data.get("user_id") or (task.user_ids[0] if task.user_ids else None)
        self._activity(task.deal_id, event.at)
        return [Signal("crm_task_updated", task.id, event.at)]

    def delete_task(self, event: Event) -> list[Signal]:
        """Apply `crm.task_deleted`."""
        task = self.tasks.pop(event.data["task_id"], None)
        if task is None:
            return []
        self.gone["tasks"][task.id] = (task, event.at)
        return [Signal("crm_task_deleted", task.id, event.at, label=task.subject)]

    def create_note(self, event: Event) -> list[Signal]:
        """Apply `crm.note_created` (API writes)."""
        data = event.data
        note = Note(data["note_id"], data["deal_id"], data.get("user_id"), data["text"], event.at)
        self.notes[note.id] = note
        self._activity(note.deal_id, event.at, note.text)
        return []

    def _activity(self, deal_id: str, at: datetime, text: str | None = None) -> None:
        deal = self.deals.get(deal_id)
        if deal:
            deal.interactions += 1
            deal.last_activity_at = at
            deal.last_note = text or deal.last_note
