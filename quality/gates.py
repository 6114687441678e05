"""The two gates of the house: on what a load landed, and on the candidate of the published marts."""

from __future__ import annotations

from pathlib import Path

from quality.evidence import open_reader
from quality.gate import GateResult, check
from quality.suites.marts import marts_rules, privacy_rules, volume_rules
from quality.suites.raw import raw_rules


def gate_raw(warehouse: Path | str, schema: str, load_seq: int) -> GateResult:
    """Check the rows that one load landed in ``schema``. The caller holds the warehouse lock (DuckDB)."""
    return check(warehouse, raw_rules(schema, load_seq))


def gate_candidate(candidate: Path, published: Path | None = None, accept_loss: bool = False) -> GateResult:
    """Check a candidate of the BI file.

    ``published`` is the snapshot in place (none before the first publish): facts may not shrink against it unless
    ``accept_loss``. The privacy rules cover every text column there is, whatever its name.
    """
    with open_reader(candidate) as reader:
        texts: dict[str, list[str]] = {}
        for schema, table, column in reader.rows(
            "select table_schema, table_name, column_name from information_schema.columns"
            " where table_schema = 'marts' and data_type = 'VARCHAR' order by 1, 2, 3"
        ):
            texts.setdefault(f"{schema}.{table}", []).append(column)
    rules = [*marts_rules(), *privacy_rules(texts)]
    if published is not None and published.exists() and not accept_loss:
        rules += volume_rules(_counts(published))
    return check(candidate, rules)


def _counts(path: Path) -> dict[str, int]:
    with open_reader(path) as reader:
        return {
            f"marts.{table}": int(reader.rows(f"select count(*) from marts.{table}")[0][0])
            for (table,) in reader.rows(
                "select table_name from information_schema.tables where table_schema = 'marts'"
            )
        }
