"""Push-back: an outbox, a pure delivery engine, the quota limiter, the consent gate, one file per destination.

`delivery.deliver` sends a plan, `confirmation.confirm` closes rows that ingestion saw arrive, `export.export_outbox`
hands the ledger to ingestion, `operate` is for people, `quota.SqlLimiter` is shared with ingestion.
No personal data is written down here: see `tables`.
"""
