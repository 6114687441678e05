"""Reference data of the account (users, pipelines, reasons, assets …) with look-ups and API additions."""

from datetime import datetime
from typing import Any

from sandbox.server.ids import hex24, uuid_of
from sandbox.server.times import as_utc

LISTS = (
    "users", "teams", "pipelines", "lost_reasons", "sources", "campaigns", "segments", "landing_pages", "forms",
    "popups", "workflows", "emails", "segmentations", "fields", "custom_fields", "products", "marketing_campaigns",
)  # fmt: skip
# Standard contact fields that always exist (rd_station.md A2); name -> (data type, presentation).
STANDARD_FIELDS = {
    "email": ("STRING", "EMAIL_INPUT"),
    "name": ("STRING", "TEXT_INPUT"),
    "job_title": ("STRING", "TEXT_INPUT"),
    "birthdate": ("STRING", "TEXT_INPUT"),
    "bio": ("STRING", "TEXT_AREA"),
    "website": ("STRING", "URL_INPUT"),
    "personal_phone": ("STRING", "PHONE_INPUT"),
    "mobile_phone": ("STRING", "PHONE_INPUT"),
    "city": ("STRING", "TEXT_INPUT"),
    "state": ("STRING", "COMBO_BOX"),
    "country": ("STRING", "COMBO_BOX"),
    "twitter": ("STRING", "TEXT_INPUT"),
    "facebook": ("STRING", "TEXT_INPUT"),
    "linkedin": ("STRING", "TEXT_INPUT"),
}


Rows = list[dict[str, Any]]


class Reference:
    """Lists of plain dicts keyed by name, plus indexes by id. Rows lacking dates get the account's start."""

    def __init__(self, reference: dict[str, Any], start: datetime, account: dict[str, Any]) -> None:
        self.start, self.account = start, account
        self.rows: dict[str, list[dict[str, Any]]] = {}
        for name in LISTS:
            self.rows[name] = [dict(row) for row in reference.get(name) or []]
        self.instance_id = hex24("instance", account.get("id"))
        self.index: dict[str, dict[str, dict[str, Any]]] = {}
        for name, rows in self.rows.items():
            for row in rows:
                self._complete(name, row)
        self.stages: dict[str, dict[str, Any]] = {}
        for pipeline in self.rows["pipelines"]:
            self._add_stages(pipeline)

    def _complete(self, name: str, row: dict[str, Any]) -> None:
        row["created_at"] = as_utc(row.get("created_at")) or self.start
        row["updated_at"] = as_utc(row.get("updated_at")) or row["created_at"]
        key = "uuid" if name == "fields" else "id"
        row.setdefault(key, uuid_of(name, row.get("api_identifier")) if name == "fields" else hex24(name, row))
        self.index.setdefault(name, {})[str(row[key])] = row

    def _add_stages(self, pipeline: dict[str, Any]) -> None:
        for order, stage in enumerate(pipeline.setdefault("stages", []), start=1):
            stage.setdefault("order", order)
            stage.setdefault("nickname", "".join(word[0] for word in stage["name"].split()[:2]).upper())
            stage["created_at"] = as_utc(stage.get("created_at")) or pipeline["created_at"]
            stage["updated_at"] = as_utc(stage.get("updated_at")) or stage["created_at"]
            stage["pipeline_id"] = pipeline["id"]
            self.stages[stage["id"]] = stage

    def get(self, name: str, key: str | None) -> dict[str, Any] | None:
        """A row by id, or None."""
        return self.index.get(name, {}).get(str(key)) if key is not None else None

    def list(self, name: str) -> Rows:
        """All rows of a list."""
        return self.rows[name]

    def put(self, name: str, row: dict[str, Any], at: datetime) -> dict[str, Any]:
        """Add or change a row (API writes of catalogue resources and fields)."""
        key = str(row["uuid" if name == "fields" else "id"])
        stored = self.index.get(name, {}).get(key)
        if stored is None:
            stored = {"created_at": at, "updated_at": at, **row}
            self.rows[name].append(stored)
            self._complete(name, stored)
        else:
            stored.update(row, updated_at=at)
        if name == "pipelines":
            self._add_stages(stored)
        return stored

    def drop(self, name: str, key: str) -> bool:
        """Remove a row; False when it is not there."""
        row = self.index.get(name, {}).pop(key, None)
        if row is None:
            return False
        self.rows[name].remove(row)
        return True

    # Common questions ----------------------------------------------------------------------------------------
    def user(self, key: str | None) -> dict[str, Any] | None:
        """A CRM user by id."""
        return self.get("users", key)

    def has_user_email(self, email: str) -> bool:
        """Whether an account user has this address (contact owner check, rd_station.md A2 Funnel)."""
        return any((user.get("email") or "").lower() == email.lower() for user in self.rows["users"])

    def custom_field(self, entity: str, label_or_slug: str) -> dict[str, Any] | None:
        """A CRM custom field by id, label or slug."""
        for row in self.rows["custom_fields"]:
            if row.get("entity", "deal") == entity and label_or_slug in (row["id"], row["label"], row.get("slug")):
                return row
        return None

    def custom_fields(self, entity: str) -> Rows:
        """CRM custom fields of an entity, in order."""
        return [row for row in self.rows["custom_fields"] if row.get("entity", "deal") == entity]

    def known_contact_fields(self) -> set[str]:
        """Attributes a Marketing contact can have: the standard ones and the account's `cf_*`."""
        return set(STANDARD_FIELDS) | {row["api_identifier"] for row in self.rows["fields"]}
