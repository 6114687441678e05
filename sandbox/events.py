"""The event stream: everything that happens to the simulated company, in order.

One `Event` is one fact that an outside system learns at the instant `at` (aware UTC). The servers replay the
stream: a server that has applied every event with `at <= now` shows what the real service would show at `now`.

Kinds and the keys of `data` (ids as the real services have them: RD Station uuid4 text, CRM 24 hex digits):

===========================  ==============================================================================
mkt.contact_created          contact_uuid, email, name, fields{job_title, personal_phone, mobile_phone, city,
                             state, company, cf_*}, extra_emails, tags, legal_bases
mkt.contact_updated          contact_uuid and any of email, name, fields, extra_emails, tags, legal_bases
                             (only what changed; `fields` holds only the changed fields, None empties one)
mkt.contact_deleted          contact_uuid
mkt.contact_merged           contact_uuid (gone), into_uuid
mkt.conversion               contact_uuid, identifier, payload{as sent, traffic_source, traffic_medium, …}
mkt.opportunity              contact_uuid
mkt.sale                     contact_uuid, value
mkt.opportunity_lost         contact_uuid, reason
mkt.funnel                   contact_uuid and any of lifecycle_stage, opportunity, contact_owner_email, fit,
                             interest
crm.contact_created          contact_id, name, emails[text], phones[{phone, type}], title, organization_id,
                             integration_id, legal_bases
crm.contact_updated          contact_id and any of the above
crm.contact_deleted          contact_id
crm.contact_merged           contact_id (gone), into_id
crm.organization_created     organization_id, name, url, cnpj, segment, state, city, user_id
crm.organization_updated     organization_id and any of the above
crm.deal_created             deal_id, name, organization_id, contact_ids[], user_id | None, stage_id,
                             pipeline_id, amount_unique, amount_montly, rating, from_rdsm, campaign_id,
                             source_id, parent_deal_id | None, custom{label: value}
crm.deal_updated             deal_id and any of user_id, amount_unique, amount_montly, rating, custom (labels
                             that changed), contact_ids (whole list), prediction_date, organization_id
crm.deal_stage               deal_id, stage_id
crm.deal_closed              deal_id, win: bool, lost_reason_id | None, note | None
crm.deal_reopened            deal_id
crm.deal_hold                deal_id, hold: bool
crm.deal_deleted             deal_id
crm.task_created             task_id, deal_id, type, subject, due_at (datetime), user_id
crm.task_done                task_id, done_at (datetime; may be earlier than `at`: late logging)
crm.task_deleted             task_id
erp.upsert                   table (physical, e.g. SA1010), recno, row{COLUMN: padded value}: the whole row
erp.delete                   table, recno (soft delete: D_E_L_E_T_ becomes '*', the stamp moves)
erp.pack                     table, recno (physical delete)
===========================  ==============================================================================

`row` of `erp.upsert` holds every column except D_E_L_E_T_, R_E_C_N_O_, R_E_C_D_E_L_ and S_T_A_M_P_. Text is padded
to its width, numbers are `decimal.Decimal`, dates are text YYYYMMDD or blanks. The stamp of the row is the event's
`at` (UTC) unless `data` carries `"stamp": False`: then the row was written before the stamp column existed and
its S_T_A_M_P_ is NULL until its next change.

The company itself never merges contacts of its CRM: `crm.contact_merged` happens when somebody asks a twin for it over
HTTP (HubSpot's merge).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MARKETING_KINDS = (
    "mkt.contact_created",
    "mkt.contact_updated",
    "mkt.contact_deleted",
    "mkt.contact_merged",
    "mkt.conversion",
    "mkt.opportunity",
    "mkt.sale",
    "mkt.opportunity_lost",
    "mkt.funnel",
)
CRM_KINDS = (
    "crm.contact_created",
    "crm.contact_updated",
    "crm.contact_deleted",
    "crm.contact_merged",
    "crm.organization_created",
    "crm.organization_updated",
    "crm.deal_created",
    "crm.deal_updated",
    "crm.deal_stage",
    "crm.deal_closed",
    "crm.deal_reopened",
    "crm.deal_hold",
    "crm.deal_deleted",
    "crm.task_created",
    "crm.task_done",
    "crm.task_deleted",
)
ERP_KINDS = ("erp.upsert", "erp.delete", "erp.pack")
KINDS = frozenset(MARKETING_KINDS + CRM_KINDS + ERP_KINDS)
ONLY_BY_REQUEST = frozenset({"crm.contact_merged"})


@dataclass(frozen=True, slots=True)
class Event:
    """One fact: `at` is aware UTC (microseconds allowed), `seq` breaks ties, `kind` is one of `KINDS`."""

    at: datetime
    seq: int
    kind: str
    data: dict[str, Any]


@dataclass(slots=True)
class Recorder:
    """Collects facts in any order while the company is simulated and hands them out in time order."""

    _facts: list[tuple[datetime, int, str, dict[str, Any]]] = field(default_factory=list)

    def add(self, at: datetime, kind: str, **data: Any) -> None:
        """Record one fact; among equal instants the order of recording is kept."""
        self.add_fact(at, kind, data)

    def add_fact(self, at: datetime, kind: str, data: dict[str, Any]) -> None:
        """Like `add`, with the data as a dictionary that the recorder keeps."""
        self._facts.append((at, len(self._facts), kind, data))

    def events(self) -> list[Event]:
        """Every fact as an `Event`, sorted by (at, seq); seq counts from 1 without gaps."""
        self._facts.sort(key=lambda fact: (fact[0], fact[1]))
        return [Event(at, seq, kind, data) for seq, (at, _, kind, data) in enumerate(self._facts, start=1)]
