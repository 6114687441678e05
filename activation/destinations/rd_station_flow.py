"""Puts rejected leads straight into a nurture flow of RD Station (contract A8.4), several in one call.

The flow's tags and fields are written first: they may decide the lead's way through it, and writing them again changes
nothing. The enrolment itself is neither idempotent nor readable (who is inside a flow rests on one weak source), but its
answer lists who was added: what has no answer is held. Calls are few: 1, 10 or 100 an hour by plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from activation.answers import attempt, attempt_write
from activation.destinations.rd_station_contact import Unreadable, get_contact, has_address, lead_key
from activation.destinations.rd_station_nurture import return_tags
from activation.faults import crash_point
from activation.plan import PlanRow
from activation.policy import ReadBack
from activation.ports import Api, Finding, Outcome, Presence, Scope, SendResult

LEADS_PER_CALL = {"light": 10, "basic": 10, "pro": 25, "advanced": 50}
# The flow is off or does not exist: no lead's fault, and none was taken.
_FLOW_IS_OFF = "WORKFLOW_STATUS_ERROR"
_TAG_IS_THERE = "VALUES_MUST_BE_UNIQUE"
_ACCOUNT_IS_FULL = (Outcome.THROTTLED, Scope.ACCOUNT)
# The last thing sure not to have happened: the enrolment itself was not tried.
_NOT_TRIED = {Outcome.UNCERTAIN: Outcome.NOT_SENT}


class RdStationFlow:
    """Destination of the sync `flow_enrolment`. Plan columns used: `email`, `flow_id`, and those named in `fields`.

    `fields`: plan column by custom field (`cf_…`) of the contact. `plan`: RD Station's plan, which limits the leads of a call.
    """

    name = "rd_station_flow"
    read_back = ReadBack.NONE
    batch_is_atomic = True

    def __init__(self, api: Api, plan: str = "light", fields: Mapping[str, str] | None = None,
                 tags: tuple[str, ...] = ("bastao-retorno",)):  # fmt: skip
        self._api, self._fields = api, dict(fields or {})
        self._tags = [tag.lower() for tag in tags]
        self.batch_max = LEADS_PER_CALL[plan]

    @property
    def cost(self) -> Mapping[str, float]:
        """Calls of one record: consent, tags and fields are its own, the enrolment is shared with its batch."""
        own: dict[str, float] = {"contacts": 1, "tag": 1, "workflow_leads_add": 1 / self.batch_max}
        return {**own, "contact_patch": 1} if self._fields else own

    def problem(self, row: PlanRow) -> str | None:
        """`no_email` or `no_flow`."""
        if not has_address(row):
            return "no_email"
        return None if row.payload.get("flow_id") else "no_flow"

    def send(self, row: PlanRow) -> SendResult:
        """One lead."""
        return self.send_batch([row])[0]

    def send_batch(self, rows: Sequence[PlanRow]) -> list[SendResult]:
        """Tags and fields of each lead, then one enrolment for each flow that the rows name."""
        results: dict[str, SendResult | None] = {}
        stopped: SendResult | None = None
        for row in rows:
            results[row.delivery_id] = result = stopped or self._prepared(row)
            if result and (result.outcome is Outcome.BLOCKED or (result.outcome, result.scope) == _ACCOUNT_IS_FULL):
                stopped = result  # it would meet each of the others too
        for flow in dict.fromkeys(str(row.payload["flow_id"]) for row in rows):
            ready = [row for row in rows if row.payload["flow_id"] == flow and results[row.delivery_id] is None]
            if ready:
                results.update(self._enrol(flow, ready))
        return [result for row in rows if (result := results[row.delivery_id]) is not None]

    def find(self, row: PlanRow, since: datetime) -> Finding:
        """Cannot be told."""
        return Finding(Presence.UNKNOWN)

    def _prepared(self, row: PlanRow) -> SendResult | None:
        """Write what the flow needs; None when it is written, else how the row's attempt ended: before the enrolment."""
        results = [self._tagged(row, return_tags(row, self._tags))]
        values = {field: row.payload[column] for field, column in self._fields.items() if row.payload.get(column)}
        if values and results[0].outcome is Outcome.ACCEPTED:
            results.append(self._write(row, "PATCH", "", values, "contact_patch"))
        crash_point("flow:prepared")
        last = results[-1]
        if last.outcome is Outcome.ACCEPTED:
            return None
        outcome = _NOT_TRIED.get(last.outcome, last.outcome)
        return SendResult(outcome, last.status_code, last.error_class, last.retry_after_seconds, last.scope)

    def _tagged(self, row: PlanRow, tags: list[str]) -> SendResult:
        """Add the tags, those only that are new: a call with one that is there already is refused as a whole. (A PATCH of the
        tags would replace all of them; contract A2.)"""
        result = self._write(row, "POST", "/tag", {"tags": tags}, "tag")
        if result.error_class != _TAG_IS_THERE:
            return result
        try:
            contact = get_contact(self._api, str(row.payload["email"])) or {}
        except Unreadable as error:
            return error.result
        new = [tag for tag in tags if tag not in (contact.get("tags") or [])]
        return self._write(row, "POST", "/tag", {"tags": new}, "tag") if new else SendResult(Outcome.ACCEPTED)

    def _write(self, row: PlanRow, method: str, what: str, body: Any, resource: str) -> SendResult:
        email = str(row.payload["email"])
        path = f"/platform/contacts/email:{quote(email, safe='@+')}{what}"
        return attempt_write(lambda: self._api.request(method, path, json=body, resource=resource, key=lead_key(email)))[1]

    def _enrol(self, flow: str, rows: list[PlanRow]) -> dict[str, SendResult]:
        emails = [str(row.payload["email"]) for row in rows]
        crash_point("flow:before_post")
        answer, result = attempt(
            lambda: self._api.request(
                "POST", f"/platform/workflows/{flow}/leads", json={"leads": emails}, resource="workflow_leads_add"
            )
        )
        crash_point("flow:after_post")
        if result.error_class == _FLOW_IS_OFF:
            result = SendResult(Outcome.BLOCKED, result.status_code, "flow_is_off")
        if result.outcome is not Outcome.ACCEPTED:
            return {row.delivery_id: result for row in rows}
        added, missing = (_listed(answer, name) for name in ("leads_added", "leads_not_found"))
        return {row.delivery_id: _one(email.lower(), added, missing, flow) for row, email in zip(rows, emails, strict=True)}


def _one(email: str, added: set[str], missing: set[str], flow: str) -> SendResult:
    if email in added:
        return SendResult(Outcome.ACCEPTED, 200, reference=flow)
    if email in missing:
        return SendResult(Outcome.REJECTED, 200, "lead_not_found")
    return SendResult(Outcome.UNCERTAIN, 200, "not_in_the_answer")


def _listed(answer: Any, name: str) -> set[str]:
    """Addresses of a list of the answer, which may be nested once (contract A8.4)."""
    found = answer.get(name) if isinstance(answer, Mapping) else None
    items = found if isinstance(found, list) else []
    return {str(one).strip().lower() for item in items for one in (item if isinstance(item, list) else [item])}
