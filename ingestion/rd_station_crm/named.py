"""Deals by their ids, as the CRM shows them at this moment: for whoever cannot wait for the next read of what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingestion.errors import SourceError
from ingestion.fan_out import fan_out
from ingestion.ports import Ports
from ingestion.rd_station_crm.client import CrmApi
from ingestion.rd_station_crm.deals import deal_tables, tombstone
from ingestion.rd_station_crm.settings import RdStationCrmConfig
from ingestion.rows import merge
from ingestion.runner import Stamp, Tables


def named_deals(
    api: CrmApi, config: RdStationCrmConfig, ports: Ports, keys: Sequence[str], reasons: Mapping[str, str]
) -> Tables:
    """Rows of `raw_rd_station_crm` for these deals, with their provenance; a deal that is gone is a tombstone.

    `reasons`: names of lost reasons by id. Whether the owner was ever changed is not asked (`user_changed` is null). All or
    nothing: raises IngestionError when one deal could not be read.
    """
    now = ports.clock.now().replace(tzinfo=None)

    def fetch(key: str) -> Tables:
        listed = api.v2_one(f"/deals/{key}")
        if listed is None:
            return tombstone(key, now)
        detail, served_at = api.deal_detail(key)
        return deal_tables(listed, detail, served_at or now, config.erp_order_label, reasons)

    outcome = fan_out(list(keys), fetch, config.workers)
    if outcome.stop is not None:
        raise outcome.stop
    if outcome.failures or outcome.deferred:
        raise SourceError(f"RD Station CRM: {len(keys) - len(outcome.results)} of {len(keys)} deals could not be read. "
                          f"First: {next(iter(outcome.failures), 'a quota')}")  # fmt: skip
    tables, stamp = merge(outcome.results), Stamp(ports.load_seq, ports.clock.now())
    for rows in tables.values():
        stamp(rows, "webhook")
    return tables

