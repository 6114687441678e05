"""Fields that a company made in its own account of HubSpot or Pipedrive, and the sandbox's switches for what becomes of them."""

from dataclasses import dataclass

from sandbox.server.pipedrive import view


@dataclass(frozen=True)
class Account:
    """What somebody does to a CRM: the field of the seller's rating there, one that nothing reads, and the sandbox's switches."""

    service: str
    setting: str
    record: str
    rating: str
    unread: str
    missing: str
    number: str
    types: tuple[str, str]


ACCOUNTS = {
    "hubspot": Account(
        "HubSpot", "sources.hubspot.properties", "deals", "nota_do_vendedor", "hs_mrr",
        "hubspot_missing_properties", "hubspot_number_properties", ("string", "number"),
    ),
    "pipedrive": Account(
        "Pipedrive", "sources.pipedrive.custom_fields", "deals", view.RATING, view.DECISION_DATE,
        "pipedrive_missing_fields", "pipedrive_number_fields", ("varchar", "double"),
    ),
}  # fmt: skip
