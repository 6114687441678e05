"""The part of `bastao doctor` that looks at what is here: exports, media cost, deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestration import publish
from orchestration.findings import Finding
from orchestration.runtime import Runtime

UNCONFIRMED_DAYS = 2  # a reading or two later the outside should show it
STALE_DAYS = 7

_MEDIA = """
    select platform, account_id, max(spent_on) as last_day, sum(amount) as amount, any_value(currency) as currency,
        sum(case when match_rule = 'unmatched' then amount else 0 end) as unmatched,
        count(distinct case when match_rule = 'unmatched' then platform_campaign end) as campaigns,
        date_diff('day', max(spent_on), (select cast(max(as_of) as date) from marts.publication)) as behind
    from marts.fct_media_cost group by 1, 2 order by 1, 2"""
_UNCONFIRMED = f"""
    select sync, count(*) as waiting, min(delivered_at) as oldest from marts.fct_deliveries
    where state = 'accepted' and confirmed_at is null
        and delivered_at < (select max(as_of) from marts.publication) - interval '{UNCONFIRMED_DAYS} days'
    group by 1 order by 1"""


def examine(runtime: Runtime) -> Iterator[Finding]:
    """Files that are to be read, and what the last publish shows."""
    yield from _exports(runtime)
    if runtime.profile.sources.media_cost:
        yield from _media(runtime)
    yield from _deliveries(runtime)
    for row in _published(runtime, _UNCONFIRMED):
        words = f"{row['waiting']} accepted and not seen there for over {UNCONFIRMED_DAYS} days (since {row['oldest']:%Y-%m-%d})"
        yield Finding(f"sync {row['sync']}", "note", words, f"bastao deliveries list --state accepted --sync {row['sync']}")


def _exports(runtime: Runtime) -> Iterator[Finding]:
    from contract.problems import ConfigurationError

    profile, media = runtime.profile, runtime.profile.sources.media_cost
    if media is None:
        return
    from ingestion.media_cost import load_mapping
    from ingestion.media_cost.source import exports_of

    try:
        load_mapping(profile.path_of(media.mapping))
    except ConfigurationError as error:
        yield Finding("media exports", "problem", str(error), "docs/media-cost.md explains the file.")
        return
    found = exports_of(profile.media_folder)
    words = f"{len(found)} file(s) in {profile.media_folder}"
    remedy = "" if found else "Put the CSV exports of the ad accounts there: docs/media-cost.md"
    yield Finding("media exports", "ok" if found else "note", words, remedy)


def _media(runtime: Runtime) -> Iterator[Finding]:
    for row in _published(runtime, _MEDIA):
        what = f"{row['platform']} {row['account_id']}"
        if row["behind"] is not None and row["behind"] > STALE_DAYS:
            yield Finding(what, "note", f"last day of cost: {row['last_day']}, {row['behind']} days ago", "Export it again, by day.")
        else:
            yield Finding(what, "ok", f"cost until {row['last_day']}")
        if row["unmatched"]:
            share = f"{row['unmatched']} of {row['amount']} {row['currency']} in {row['campaigns']} campaign(s)"
            yield Finding(
                f"{what} unmatched", "note", f"{share} belongs to no campaign of RD Station",
                "Name them in mappings/media_cost.yaml; marts.fct_media_cost lists them as match_rule = 'unmatched'.",
            )  # fmt: skip


def _deliveries(runtime: Runtime) -> Iterator[Finding]:
    from activation.operate import count_by_state

    counts: dict[tuple[Any, Any], int] = count_by_state(runtime.outbox) if runtime.outbox.exists() else {}
    for (sync, state), number in sorted(counts.items()):
        waits = state in ("held", "dead")
        remedy = f"bastao deliveries list --state {state}" if waits else ""
        yield Finding(f"sync {sync}", "note" if waits else "ok", f"{number} {state}", remedy)


def _published(runtime: Runtime, query: str) -> list[dict[str, Any]]:
    """Rows of the published marts; none before the first publish, or when an older one lacks a table."""
    import duckdb

    try:
        with publish.opened(runtime.paths) as connection:
            cursor = connection.execute(query)
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except (FileNotFoundError, duckdb.CatalogException, duckdb.BinderException):
        return []
