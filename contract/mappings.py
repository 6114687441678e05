"""`<profile>/mappings/*.yaml`: how the names of the company's systems map to the funnel's, and what only the company knows.

`crm_stages.yaml` maps CRM stages to funnel stages, `channels.yaml` traffic sources to channels, `monthly_costs.yaml` says
what sales and marketing cost beside media and what margin is left of a sale, `identity.yaml` who is one person and who is
not, `companies.yaml` the same of companies (contract/identity.py). They are not part of what was signed: a renamed CRM stage
changes a mapping, not the agreement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from contract.explain import validate
from contract.fields import Code, Strict
from contract.identity import CompanyDecision, Decision, IdentityDecisions, PersonDecision, read_decisions
from contract.model import SourceSystem
from contract.problems import AgreementError, ConfigurationError, KeyPath, Problem, did_you_mean
from contract.yaml_source import Lines, load_yaml

MONTH_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
FunnelStage = Literal["mql", "accepted", "sql", "opportunity", "proposal"]


class StageBlock(Strict):
    """The stages of one pipeline of one system."""

    system: SourceSystem = Field(description="the system the stages belong to, as rd_station_crm")
    pipeline: str | None = Field(
        None, min_length=1, description="name of the pipeline; any pipeline when absent"
    )
    stages: dict[str, FunnelStage] = Field(
        min_length=1, description="stage as the CRM shows it: mql, accepted, sql, opportunity or proposal"
    )


class Traffic(Strict):
    """One traffic source; compared in lower case."""

    source: str = Field(min_length=1, description="traffic source, as google")
    medium: str | None = Field(
        None, min_length=1, description="traffic medium, as cpc; any medium when absent"
    )

    @field_validator("source", "medium")
    @classmethod
    def _lower(cls, value: str | None) -> str | None:
        return value.lower() if value else value


class ChannelBlock(Strict):
    """One channel of the funnel and the traffic that belongs to it."""

    channel: Code = Field(description="name of the channel, as paid_search")
    traffic: tuple[Traffic, ...] = Field(min_length=1, description="the traffic that belongs to it")


class MonthlyCost(Strict):
    """What a month cost beside media, in the company's currency, and the margin of that month's sales."""

    month: str = Field(pattern=MONTH_PATTERN, description="the month, as 2026-05")
    sales_cost: float = Field(ge=0, le=1e12, description="cost of sales: salaries, commissions, tools")
    marketing_cost: float = Field(ge=0, le=1e12, description="cost of marketing without media: salaries, agencies, tools")
    gross_margin: float | None = Field(None, gt=0, le=1, description="share of revenue left after what was sold cost, as 0.38")

    @field_validator("sales_cost", "marketing_cost")
    @classmethod
    def _whole_cents(cls, value: float) -> float:
        if round(value, 2) != value:
            raise ValueError(f"{value!r} has more than two decimals; write cents as 1234.56")
        return value


@dataclass(frozen=True)
class Mappings:
    """What the mapping files of a profile say."""

    stages: tuple[StageBlock, ...] = ()
    channels: tuple[ChannelBlock, ...] = ()
    costs: tuple[MonthlyCost, ...] = ()
    identity: IdentityDecisions = field(default_factory=IdentityDecisions)
    companies: IdentityDecisions = field(default_factory=IdentityDecisions)


_SECTIONS: dict[str, type[Strict]] = {"crm_stages": StageBlock, "channels": ChannelBlock, "monthly_costs": MonthlyCost}
# Mapping files of sources, validated by the sources that read them.
_OTHERS = frozenset({"files", "media_cost"})
_DECISIONS: dict[str, type[Decision]] = {"identity": PersonDecision, "companies": CompanyDecision}


def load_mappings(folder: Path) -> Mappings:
    """Read the mapping files of a company; any may be absent. Raises `AgreementError` with all problems."""
    problems: list[Problem] = []
    decisions = dict.fromkeys(_DECISIONS, IdentityDecisions())
    parts: dict[str, list[Any]] = {name: [] for name in _SECTIONS}
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        name = f"{folder.name}/{path.name}"
        if path.stem in _OTHERS:
            continue
        if path.stem not in _SECTIONS and path.stem not in _DECISIONS:
            remedy = did_you_mean(path.stem, [*_SECTIONS, *_DECISIONS, *_OTHERS])
            problems.append(Problem(name, 0, "", "is not a mapping file that Bastão knows", remedy))
            continue
        try:
            data, lines = load_yaml(path, name)
        except ConfigurationError as error:
            problems += error.problems
            continue
        if path.stem in _DECISIONS:
            decisions[path.stem], wrong = read_decisions(data, lines, _DECISIONS[path.stem])
            problems += wrong
            continue
        found, wrong = _read(path.stem, data, lines)
        parts[path.stem] += found
        problems += wrong
    mappings = Mappings(tuple(parts["crm_stages"]), tuple(parts["channels"]), tuple(parts["monthly_costs"]), **decisions)
    if problems:
        raise AgreementError(problems)
    return mappings


def _read(section: str, data: Any, lines: Lines) -> tuple[list[Any], list[Problem]]:
    if not isinstance(data, dict) or not isinstance(data.get(section), list):
        unknown = [key for key in data if key != section] if isinstance(data, dict) else []
        path: KeyPath = (unknown[0],) if unknown else ()
        return [], [
            lines.problem(path, f"must hold a list under `{section}:`", f"Start the file with `{section}:`.")
        ]
    problems = [
        lines.problem((key,), "is an unknown key", did_you_mean(key, [section]))
        for key in data
        if key != section
    ]
    found: list[Any] = []
    for index, item in enumerate(data[section]):
        part, wrong = validate(_SECTIONS[section], item, lines, (section, index))
        problems += wrong
        if part is not None:
            found.append((part, (section, index)))
    doubled: dict[str, Callable[[list[Any], Lines], list[Problem]]] = {
        "crm_stages": _doubled_stages, "channels": _doubled_traffic, "monthly_costs": _doubled_months,
    }  # fmt: skip
    problems += doubled[section](found, lines)
    return [part for part, _ in found], problems


def _doubled_stages(found: list[tuple[StageBlock, KeyPath]], lines: Lines) -> list[Problem]:
    problems, seen = [], set()
    for block, path in found:
        for stage in block.stages:
            key = (block.system, block.pipeline, stage.casefold())
            if key in seen:
                message = f"stage {stage!r} of {block.system} is mapped twice"
                problems.append(lines.problem((*path, "stages", stage), message, "Keep one."))
            seen.add(key)
    return problems


def _doubled_traffic(found: list[tuple[ChannelBlock, KeyPath]], lines: Lines) -> list[Problem]:
    problems = []
    seen: dict[tuple[str, str | None], str] = {}
    for block, path in found:
        for index, traffic in enumerate(block.traffic):
            key = (traffic.source, traffic.medium)
            if key in seen:
                name = "/".join(part for part in key if part)
                message = f"traffic {name!r} belongs to channel {seen[key]!r} already"
                problems.append(
                    lines.problem((*path, "traffic", index), message, "Keep it under one channel.")
                )
            seen.setdefault(key, block.channel)
    return problems


def _doubled_months(found: list[tuple[MonthlyCost, KeyPath]], lines: Lines) -> list[Problem]:
    problems, seen = [], set()
    for cost, path in found:
        if cost.month in seen:
            problems.append(lines.problem((*path, "month"), f"month {cost.month} is there twice", "Keep one."))
        seen.add(cost.month)
    return problems
