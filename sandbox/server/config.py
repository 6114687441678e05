"""Every switch of the sandbox in one typed place.

The defaults follow the better evidenced reading of `rd_station.md`; where the contract leaves a doubt (its
section E), the other reading is one switch away, so that a client can be tested against both.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Literal

Plan = Literal["light", "basic", "pro", "advanced"]


@dataclass(slots=True)
class SandboxConfig:
    """Switches of one sandbox. Durations are seconds; `world_speed` and `limit_speed` multiply real time."""

    # Clocks: the world's own time, and the time that quotas, settling and retries run on.
    now: str | None = None
    world_speed: float = 0.0
    limit_speed: float = 1.0
    # The account.
    plan: Plan = "advanced"
    limits: bool = True
    limits_override: dict[str, int] = field(default_factory=dict)  # rule name -> maximum, e.g. {"contacts": 5}
    home: str | None = None
    fsync: bool = True
    seed: int = 0
    # Marketing.
    settle_seconds: float = 2.0  # an accepted event is visible this much later (world or limit clock)
    new_contact_delay_seconds: float = 120.0  # before a new contact accepts qualification events
    qualification_refusal: Literal["drop", "reject"] = "drop"  # what a too early or unknown one meets
    batch_invalid: Literal["reject_all", "skip"] = "reject_all"  # one invalid event in a batch
    batch_max_events: int = 1000  # the real maximum is not published
    event_body_limit: int = 200_000  # "0.2 MB"
    workflows_key: Literal["workflows", "wokflows"] = "workflows"
    workflow_answer: Literal["flat", "nested"] = "flat"
    workflow_reentry: Literal["once", "more_than_once"] = "more_than_once"
    updated_at_key: Literal["updated_at", "upated_at"] = "updated_at"
    contact_phone_key: bool = False  # newer accounts return `phone`
    contact_nulls: bool = False  # empty text keys as null instead of left out
    contacts_list: bool = False  # GET /platform/contacts, named once in a changelog
    deprecated_events: bool = False  # ORDER_PLACED and friends, accepted until the end of 2025
    account_429_body: Literal["gateway", "excedded"] = "gateway"
    expired_token_body: Literal["invalid_token", "unauthorized"] = "unauthorized"
    error_wrapper: Literal["object", "list", "bare"] = "object"  # of the typed OAuth errors
    segmentation_phone: bool = False
    marketing_oauth2_rotates: bool = True  # refresh tokens of /oauth2/token for the Marketing app
    integration_on_any_conversion: bool = False  # any conversion makes a CRM deal
    integration_on_opportunity: bool = False  # an opportunity mark that an API client sets makes one too
    integration_excludes: tuple[str, ...] = ()  # identifiers that never make one
    # CRM.
    crm_window_rows: int = 10_000
    beyond_window: Literal["empty", "error"] = "empty"
    next_page_passes_window: bool = False
    v1_period_zone: Literal["-03:00", "+00:00"] = "-03:00"
    v1_order_updated_at: bool = False  # order=updated_at on deals: not documented, ignored by default
    v1_detail_organization: bool = True
    v1_detail_lost_note: bool = True
    v1_list_extras: bool = False  # lost reason, pipeline, source, campaign, organization on list rows
    v1_retry_after: bool = True
    open_twin_histories: bool = False  # some deals show a second open entry in deal_stage_histories
    v2_filter_zone: Literal["-03:00", "+00:00"] = "+00:00"
    v2_default_page_size: int = 20
    v2_internal_links: bool = False  # links.next under /api/v2/
    v2_links_host: str | None = None  # e.g. https://api.rd.services; default: the host that was asked
    v2_webhooks_single: bool = False  # one object under `data` when one webhook exists
    crm_plan_free: bool = False  # free CRM plan: only tasks of type `task`
    # Pipedrive.
    pipedrive_plan: Literal["lite", "growth", "premium", "ultimate"] = "ultimate"
    pipedrive_seats: int = 10
    pipedrive_daily_tokens: int = 0  # 0: by plan and seats
    pipedrive_daily_headers: bool = True  # undocumented, sometimes absent
    pipedrive_block_after: int = 0  # refused calls until the edge answers 403 with a page; 0: never
    pipedrive_converted_leads: Literal["gone", "readable"] = "gone"  # GET of a converted lead by its id
    pipedrive_bare_lead_paging: bool = False  # additional_data of leads without the key pagination
    pipedrive_owner_key: Literal["owner_id", "user_id"] = "owner_id"  # name of the owner in the changelog
    pipedrive_twin_changes: bool = False  # the changelog lists each change twice
    pipedrive_job_titles: bool = True  # contact sync is on
    pipedrive_missing_fields: tuple[str, ...] = ()  # keys of custom fields that somebody deleted
    pipedrive_number_fields: tuple[str, ...] = ()  # keys of those that are numbers
    # Salesforce.
    salesforce_conversion_stage: str = "Oportunidade"  # the first stage of an Opportunity; earlier ones are Lead statuses
    salesforce_lead_history: bool = True  # the admin tracks Status and Owner of Leads
    salesforce_lead_history_hidden: bool = False  # LeadHistory cannot be queried at all
    salesforce_call_results: bool = False  # a telephone system fills CallDisposition
    salesforce_missing_fields: tuple[str, ...] = ()  # fields that this user does not see
    salesforce_bulk_seconds: float = 0.0  # from the creation of a Bulk 2.0 job to its end
    salesforce_bulk_instants: str = "Z"  # how instants end in Bulk 2.0 results: "Z" or "+0000" (the contract's doubt 10.3)
    salesforce_jwt_key: str = ""  # PEM of the public key of the app's certificate
    # Chat channels: what their webhooks answer to any message (`ok`: they look at it).
    slack_answer: Literal["ok", "invalid_payload", "action_prohibited", "invalid_token", "channel_not_found", "no_service",
                          "channel_is_archived", "rollup_error"] = "ok"  # fmt: skip
    teams_answer: Literal["ok", "unauthorized"] = "ok"
    # HubSpot (contract crm_hubspot_salesforce_pipedrive.md section 3; its doubts are section 10).
    hubspot_leads: bool = True  # False: the account's plan has no leads (403), and deals start in the first stage
    hubspot_lead_stages: int = 2  # so many stages of the first pipeline belong to the lead
    hubspot_search_lag_seconds: float = 10.0  # search shows changes this much later
    hubspot_search_cap: int = 10_000
    hubspot_history_values: int = 20  # old values kept per property; the real number is not published
    hubspot_number_ids: bool = False  # toObjectId as a number, as many v4 answers show it
    hubspot_207: bool = True  # partial batches: 207, or 200 with the same body
    hubspot_category_only: bool = False  # 429 with `category` in the place of `errorType`
    hubspot_dispositions: bool = True  # False: sellers log calls without a result
    hubspot_missing_properties: tuple[str, ...] = ()  # properties that somebody deleted, of every kind of record
    hubspot_number_properties: tuple[str, ...] = ()  # those that somebody turned into numbers
    hubspot_events_shuffled: bool = False  # events of a delivery in any order
    # Webhooks.
    crm_update_after_create: bool = False  # crm_deal_updated also follows the creation of a deal
    webhook_delay_seconds: float = 2.0  # world time between the fact and the delivery
    webhook_timeout_seconds: float = 5.0  # real time
    webhook_retry_seconds: float = 30.0  # limit-clock time, doubled at each retry
    marketing_retries: int = 3
    crm_retries: int = 5
    crm_suspend_after: int = 2  # permanent failures in a row before `suspended`
    webhooks_any_host: bool = False  # allow receivers off loopback (off: the sandbox stays on this machine)
    # Protheus.
    protheus_url: str | None = None  # SQLAlchemy URL; default sqlite:///<home>/protheus.db; "none" for no database
    protheus_stamps: bool = True  # S_T_A_M_P_ exists
    protheus_rest_security: bool = True  # SECURITY=1; without it there is no genericQuery
    protheus_rest_control_columns: Literal["all", "no_stamp", "none"] = "all"  # that `fields` may name
    protheus_rest_key_case: Literal["lower", "upper"] = "lower"
    protheus_rest_dates: Literal["raw", "iso"] = "raw"  # the guide says ISO, generic endpoints may give raw text
    protheus_rest_padded: bool = False
    protheus_rest_page_default: int = 10
    protheus_rest_page_max: int = 1000  # a greater pageSize is cut without a word
    protheus_rest_order: bool = True  # `order` is kept
    protheus_rest_dictionary: bool = True  # SX2 and SX3 may be read
    protheus_rest_companies: bool = True  # SYS_COMPANY may be read through FromQry
    protheus_rest_error_status: int = 400  # of a query that the database refuses
    protheus_rest_encoding: Literal["utf-8", "cp1252"] = "utf-8"  # programs must encode by hand, and forget
    protheus_rest_token_seconds: int = 3600
    protheus_rest_token_in: Literal["body", "query", "both"] = "both"
    protheus_rest_expires_in: bool = True  # the token's answer names its life

    @classmethod
    def from_switches(cls, **values: Any) -> "SandboxConfig":
        """Build from keyword switches; an unknown name is refused with the list of known ones."""
        known = {item.name for item in fields(cls)}
        wrong = sorted(set(values) - known)
        if wrong:
            raise ValueError(f"unknown sandbox switch {', '.join(wrong)}; known: {', '.join(sorted(known))}")
        return cls(**values)

    def set_text(self, assignment: str) -> None:
        """Apply one `name=value` text (command line), converting to the type of the default."""
        name, _, text = assignment.partition("=")
        name = name.strip().replace("-", "_")
        known = {item.name for item in fields(self)}
        if name not in known:
            raise ValueError(f"unknown sandbox switch {name!r}; known: {', '.join(sorted(known))}")
        current = getattr(self, name)
        value: Any = text
        if isinstance(current, bool):
            if text.lower() not in {"true", "false", "1", "0", "yes", "no", "on", "off"}:
                raise ValueError(f"switch {name} takes true or false, not {text!r}")
            value = text.lower() in {"true", "1", "yes", "on"}
        elif isinstance(current, int):
            value = int(text)
        elif isinstance(current, float):
            value = float(text)
        elif isinstance(current, tuple):
            value = tuple(part for part in text.split(",") if part)
        elif isinstance(current, dict):
            value = {k: int(v) for k, v in (pair.split(":") for pair in text.split(",") if pair)}
        setattr(self, name, value)
