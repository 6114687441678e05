"""The gate: validates a target, names the rows that failed, and says what to do about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quality.engine import validate
from quality.evidence import Reader, open_reader
from quality.rules import Rule

MAX_KEYS = 20


@dataclass(frozen=True)
class Failure:
    """A rule that does not hold: how many rows, the keys of the first ``MAX_KEYS`` of them, and the remedy."""

    table: str
    rule: str
    severity: str
    rows: int
    keys: tuple[str, ...]
    remedy: str

    def __str__(self) -> str:
        named = f" ({', '.join(self.keys)}{', …' if self.rows > len(self.keys) else ''})" if self.keys else ""
        return f"{self.table}: {self.rule}: {self.rows} row(s) fail{named}. {self.remedy}"


@dataclass(frozen=True)
class GateResult:
    """``passed`` is false when any failure has severity ``gate``; warnings are reported and do not stop."""

    checked: int
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        return not any(f.severity == "gate" for f in self.failures)

    @property
    def blocking(self) -> tuple[Failure, ...]:
        return tuple(f for f in self.failures if f.severity == "gate")


class GateError(RuntimeError):
    """The suite itself could not run: a defect of the gate or of the target, not a property of the data."""


def check(target: Path | str, rules: Sequence[Rule]) -> GateResult:
    """Run ``rules`` on a DuckDB file or PostgreSQL URL.

    A rule whose table or columns are absent fails with severity ``gate``: a lost column must never pass unseen.
    Raises ``GateError`` when an expectation raised inside the engine.
    """
    with open_reader(target) as reader:
        present, missing = _split(rules, reader)
    outcomes = validate(target, present)
    broken = [o for o in outcomes if o.error]
    if broken:
        listed = "; ".join(f"{o.rule.table}: {o.rule.name}: {o.error}" for o in broken[:5])
        raise GateError(f"{len(broken)} expectation(s) could not be computed: {listed}")
    failures = list(missing)
    with open_reader(target) as reader:
        failures += [_explain(o.rule, reader) for o in outcomes if not o.passed]
    return GateResult(len(outcomes), tuple(failures))


def _split(rules: Sequence[Rule], reader: Reader) -> tuple[list[Rule], list[Failure]]:
    columns = reader.columns()
    present, missing = [], []
    for rule in rules:
        lost = set(rule.needs) - columns.get(rule.table, set()) if rule.table in columns else {"the table"}
        if lost:
            what = ", ".join(sorted(lost))
            remedy = "It was there when the rule was written: restore it, or change the rule on purpose."
            missing.append(Failure(rule.table, f"{rule.name}: {what} missing", "gate", 0, (), remedy))
        else:
            present.append(rule)
    return present, missing


def _explain(rule: Rule, reader: Reader) -> Failure:
    rows, keys = reader.failing(rule.table, rule.failing, rule.keys, MAX_KEYS)
    return Failure(rule.table, rule.name, rule.severity, rows, keys, rule.remedy)
