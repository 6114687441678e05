"""What both areas agreed not to count (rule V17)."""

from sandbox.company.terms import Waiver
from sandbox.truth.agreement import naive
from sandbox.truth.clauses.finding import Finding
from sandbox.truth.judged import Knowledge


def waived(known: Knowledge, finding: Finding) -> Finding:
    """The finding with the first waiver that speaks of it; met and not applicable ones stay as they are."""
    finding.unwaived_verdict = finding.verdict
    found = sorted(waiver.id for waiver in known.agreement.waivers if _matches(known, waiver, finding))
    if found and finding.verdict in ("breached", "running", "not_judgeable"):
        finding.verdict, finding.reason, finding.waiver_id = "waived", f"waiver:{found[0]}", found[0]
    return finding


def _matches(known: Knowledge, waiver: Waiver, finding: Finding) -> bool:
    if waiver.clause not in ("all", finding.clause_id):
        return False
    if waiver.handoff is not None and (
        finding.one is None or finding.one.passage.handoff_id != waiver.handoff
    ):
        return False
    email = known.calendars.sellers.get(finding.seller or "", ("", None))[0]
    if waiver.seller is not None and waiver.seller != email:
        return False
    if waiver.since is None or waiver.until is None:
        return True
    return finding.started_at is not None and naive(waiver.since) <= finding.started_at < naive(waiver.until)
