"""Analytics: counted from the state; what only a real account could know is invented but stable (rd_station.md A7)."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import number_of, uuid_of
from sandbox.server.marketing.assets import asset_id
from sandbox.server.marketing.campaigns import need_plan
from sandbox.server.routing import Route, Router
from sandbox.server.times import as_utc, brasilia_seconds, zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

ASSETS = {"LandingPage": "landing_pages", "Popup": "popups", "Forms": "forms"}
PRO_DAYS_BACK = 45


def register(router: Router) -> None:
    """Add the routes."""
    for name, handler in (
        ("emails", emails), ("workflow_emails", workflow_emails), ("funnel", funnel), ("conversions", conversions),
    ):  # fmt: skip
        router.add("GET", f"/platform/analytics/{name}", Route(handler, "marketing", f"analytics_{name}"))


def _head(sandbox: "Sandbox", request: Request, *plans: str) -> tuple[dict[str, Any], date, date]:
    """The common head of the body and the window (UTC days); Pro sees 45 days back only."""
    need_plan(sandbox, *plans)
    today = sandbox.now().date()
    try:
        end = date.fromisoformat(request.query("end_date") or (today - timedelta(days=1)).isoformat())
        start = date.fromisoformat(request.query("start_date") or (end - timedelta(days=30)).isoformat())
    except ValueError:
        raise errors.refuse(errors.by_field({"start_date": [("INVALID_FORMAT", "must be yyyy-mm-dd")]})) from None
    if sandbox.config.plan == "pro" and start < today - timedelta(days=PRO_DAYS_BACK):
        text = f"must be within the last {PRO_DAYS_BACK} days"
        raise errors.refuse(errors.by_field({"start_date": [("INVALID", text)]}))
    window = {"start_date": start.isoformat(), "end_date": end.isoformat()}
    return {"account_id": sandbox.world.account.get("id"), "query_date": window}, start, end


def _mail_counts(*key: object, sent: int) -> dict[str, int]:
    dropped, bounced = sent // 400, sent // 250
    delivered = max(0, sent - dropped - bounced)
    opened = delivered * number_of(*key, "open", low=15, high=45) // 100
    clicked = opened * number_of(*key, "click", low=5, high=25) // 100
    return {"dropped": dropped, "bounced": bounced, "delivered": delivered, "opened": opened, "clicked": clicked}


def _rate(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def emails(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/analytics/emails: campaigns sent inside the window."""
    head, start, end = _head(sandbox, request, "pro", "advanced")
    rows = []
    for row in sandbox.engine.reference.list("emails"):
        sent_at = as_utc(row.get("send_at"))
        if sent_at is None or not start <= sent_at.date() <= end or sent_at > sandbox.now():
            continue
        campaign = row.get("campaign_id") or asset_id(row)
        if request.query("campaign_id") not in (None, str(campaign)):
            continue
        sent = int(row.get("leads_count") or 1000)
        counts = _mail_counts(row["id"], sent=sent)
        rows.append(
            {
                "campaign_id": campaign,
                "campaign_name": row["name"],
                "send_at": brasilia_seconds(sent_at),
                "contacts_count": sent,
                "email_dropped_count": counts["dropped"],
                "email_delivered_count": counts["delivered"],
                "email_bounced_count": counts["bounced"],
                "email_opened_count": counts["opened"],
                "email_clicked_count": counts["clicked"],
                "email_unsubscribed_count": sent // 450,
                "email_spam_reported_count": sent // 4000,
                "email_delivered_rate": _rate(counts["delivered"], sent),
                "email_opened_rate": _rate(counts["opened"], counts["delivered"]),
                "email_clicked_rate": _rate(counts["clicked"], counts["delivered"]),
                "email_spam_reported_rate": _rate(sent // 4000, counts["delivered"]),
            }
        )
    return reply({**head, "emails": rows})


def workflow_emails(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/analytics/workflow_emails: one e-mail per flow, sent to who was enrolled in the window."""
    head, start, end = _head(sandbox, request, "advanced")
    rows = []
    for flow in sandbox.engine.reference.list("workflows"):
        if request.query("workflow_id") not in (None, str(flow["id"])):
            continue
        enrolled = sandbox.engine.marketing.enrolments.get(str(flow["id"]), [])
        sent = sum(1 for item in enrolled if start <= item.at.date() <= end)
        counts = _mail_counts(flow["id"], sent=sent)
        rows.append(
            {
                "workflow_id": flow["id"],
                "workflow_name": flow["name"],
                "workflow_action_id": uuid_of(flow["id"], 0),
                "workflow_created_at": flow["created_at"].date().isoformat(),
                "workflow_updated_at": flow["updated_at"].date().isoformat(),
                "email_name": f"{flow['name']} | E-mail 1",
                "email_dropped_count": counts["dropped"],
                "email_delivered_count": counts["delivered"],
                "email_bounced_unique_count": counts["bounced"],
                "email_opened_unique_count": counts["opened"],
                "email_clicked_unique_count": counts["clicked"],
                "email_unsubscribed_count": sent // 450,
                "email_spam_reported_count": sent // 4000,
                "email_delivered_rate": _rate(counts["delivered"], sent),
                "email_opened_rate": _rate(counts["opened"], counts["delivered"]),
                "email_clicked_rate": _rate(counts["clicked"], counts["delivered"]),
                "email_spam_reported_rate": _rate(sent // 4000, counts["delivered"]),
            }
        )
    return reply({**head, "workflow_email_statistics": rows})


def _bucket(day: date, grouping: str) -> date:
    if grouping == "monthly":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if grouping == "weekly" else day


def funnel(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/analytics/funnel: counts by day, week or month (visitors are invented). Advanced only."""
    head, start, end = _head(sandbox, request, "advanced")
    grouping = request.query("grouped_by") or "daily"
    if grouping not in ("daily", "weekly", "monthly"):
        return errors.by_field({"grouped_by": [("INCLUSION", "is not included in the list")]})
    marketing, counts = sandbox.engine.marketing, Counter[tuple[date, str]]()

    def add(at: datetime, what: str) -> None:
        if start <= at.date() <= end:
            counts[_bucket(at.date(), grouping), what] += 1

    for contact in marketing.contacts.values():
        add(contact.created_at, "contacts")
    for at, stage in marketing.stage_log:
        add(at, stage)
    days = sorted({_bucket(start + timedelta(days=n), grouping) for n in range((end - start).days + 1)})
    rows = [
        {
            "reference_day": day.isoformat(),
            "visitors_count": 20 * counts[day, "contacts"] + number_of(day, low=50, high=400),
            "contacts_count": counts[day, "contacts"],
            "qualified_contacts_count": counts[day, "Qualified Lead"],
            "opportunities_count": counts[day, "opportunity"],
            "sales_count": counts[day, "Client"],
        }
        for day in days
    ]
    return reply({**head, "grouped_by": grouping, "funnel": rows})


def conversions(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/analytics/conversions: conversions per asset in the window (visits are invented)."""
    head, start, end = _head(sandbox, request, "advanced")
    kinds = [kind for text in request.query_all("assets_type") for kind in text.split(",")] or list(ASSETS)
    wrong = [kind for kind in kinds if kind not in ASSETS]
    if wrong:
        return errors.by_field({"assets_type": [("INCLUSION", "is not included in the list")]})
    counts = Counter(name for at, name in sandbox.engine.marketing.conversion_log if start <= at.date() <= end)
    rows = []
    for kind in kinds:
        for row in sandbox.engine.reference.list(ASSETS[kind]):
            if request.query("asset_id") not in (None, str(asset_id(row))):
                continue
            made = counts[str(row.get("identifier"))]
            visits = made * number_of(row["id"], low=6, high=18)
            rows.append(
                {
                    "asset_id": asset_id(row),
                    "asset_identifier": row.get("identifier"),
                    "asset_type": kind,
                    "asset_created_at": zulu(row["created_at"]),
                    "asset_updated_at": zulu(row["updated_at"]),
                    "visits_count": visits,
                    "conversions_count": made,
                    "conversion_rate": round(100 * made / visits, 2) if visits else 0.0,
                }
            )
    return reply({**head, "assets_type": f"[{', '.join(kinds)}]", "conversions": rows})
