"""What really happened, written down by the simulator while it happens (only the truth's `actual` reads it)."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class PassageFact:
    """One real hand-over; instants are epoch seconds, None when it did not happen."""

    person: str
    contact_uuid: str | None
    mql_at: float
    hot: bool
    channel: str
    marked: bool
    deal_id: str | None = None
    seller: str | None = None
    assigned_at: float | None = None
    first_attempt_at: float | None = None
    first_contact_at: float | None = None  # the first attempt that was answered
    attempts: int = 0
    accepted_at: float | None = None
    sql_at: float | None = None
    opportunity_at: float | None = None
    proposal_at: float | None = None
    closed_at: float | None = None
    outcome: str = "open"  # open | won | lost | rejected | no_deal
    reason: str | None = None  # the real reason, also when the seller forgot to give one
    amount: float = 0.0  # one-off amount of a won deal
    monthly: float = 0.0  # monthly amount of a won deal


@dataclass(slots=True)
class Facts:
    """The simulator's notebook."""

    passages: list[PassageFact] = field(default_factory=list)
    rd_person: dict[str, str] = field(default_factory=dict)  # RD contact uuid -> person key
    crm_person: dict[str, str] = field(default_factory=dict)  # CRM contact id -> person key
    erp_person: dict[str, str] = field(default_factory=dict)  # ERP node -> person key
    erp_company: dict[str, str] = field(default_factory=dict)  # ERP node -> company key
    sectors: dict[str, str] = field(default_factory=dict)  # person key of a hand-over -> sector of the company it buys for
    outside_deals: int = 0
    revenue_by_deal: dict[str, float] = field(default_factory=dict)  # deal -> invoiced minus returned
    orders_without_note: int = 0  # won deals whose ERP order was never written into the CRM
