"""`mappings/media_cost.yaml`: which export belongs to which account, and which campaign of a platform is which campaign
of RD Station (its `utm_campaign`).

```yaml
accounts:
  - file: google-*.csv              # plain or .gz, in the media folder; a name or a pattern
    platform: google_ads            # google_ads | meta_ads | linkedin_ads | csv
    account: 123-456-7890           # any name of yours for the account; its days are replaced by a later export
    time_zone: America/Sao_Paulo    # the account's: a day in the export is a day there
    currency: BRL                   # only when the export does not say it
    channel: paid_search            # optional
campaigns:                          # the first rule that fits wins; ids before names before patterns
  - {platform: google_ads, id: "20111222333", campaign: marca-2026}
  - {platform: meta_ads, name: "[BR] Ebook manutenção", campaign: ebook-manutencao}
  - {pattern: "*lookalike*", campaign: lookalike-industria}     # * any text, ? any character; capitals do not matter
rates: cambio.csv                   # optional: date,currency,rate (units of the company's currency for one)
```

A campaign of a platform that has no rule is joined by its own name when RD Station knows a campaign of that name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from contract.explain import validate
from contract.fields import Code, Strict, Zone
from contract.problems import ConfigurationError, Problem
from contract.yaml_source import Lines, load_yaml

Platform = Literal["google_ads", "meta_ads", "linkedin_ads", "csv"]


class Account(Strict):
    """One advertising account and the exports that belong to it."""

    file: str = Field(min_length=1, description="name or pattern of its exports, as google-*.csv")
    platform: Platform = Field(description="google_ads, meta_ads, linkedin_ads or csv")
    account: str = Field(min_length=1, description="id or name of the account")
    time_zone: Zone | None = Field(None, description="zone of the account's days; the company's when absent")
    currency: str | None = Field(
        None, pattern="^[A-Z]{3}$", description="currency of an export that does not say it, as BRL"
    )
    channel: Code | None = Field(None, description="channel of its campaigns, as paid_search")
    decimal: Literal[".", ","] | None = Field(
        None, description="decimal mark; found out when absent"
    )
    dates: Literal["dmy", "mdy"] | None = Field(
        None, description="order of dates like 03/04/2026; found out when absent"
    )


class CampaignRule(Strict):
    """Which campaign of RD Station a campaign of a platform is. One of `id`, `name`, `pattern`."""

    campaign: str = Field(min_length=1, description="utm_campaign as RD Station records it")
    platform: Platform | None = Field(None, description="only campaigns of this platform")
    id: str | None = Field(None, min_length=1, description="id of the platform's campaign, in quotes")
    name: str | None = Field(None, min_length=1, description="name of the platform's campaign")
    pattern: str | None = Field(None, min_length=1, description="name with * and ?")

    @model_validator(mode="after")
    def _one_way(self) -> CampaignRule:
        if sum(value is not None for value in (self.id, self.name, self.pattern)) != 1:
            raise ValueError("names no campaign of the platform, or more than one way to find it; "
                             "write one of `id`, `name`, `pattern`")  # fmt: skip
        return self


class MediaCostMapping(Strict):
    """The whole file."""

    accounts: tuple[Account, ...] = Field(min_length=1, description="the accounts and their exports")
    campaigns: tuple[CampaignRule, ...] = Field((), description="campaigns of platforms: campaigns of RD Station")
    rates: str | None = Field(None, min_length=1, description="CSV with exchange rates, beside this file")


class MediaCostError(ConfigurationError):
    """The mapping, or the mapping and the exports, do not fit together; `problems` holds everything found."""

    title = "Media cost has {count}"


def load_mapping(path: Path) -> tuple[MediaCostMapping, Lines]:
    """Read and check the file. Raises MediaCostError (ConfigurationError for the YAML) with all problems."""
    data, lines = load_yaml(path, f"{path.parent.name}/{path.name}")
    mapping, problems = validate(MediaCostMapping, data, lines, ())
    if mapping is not None:
        problems = [*_doubled(mapping, lines), *_rates(mapping, path, lines)]
    if mapping is None or problems:
        raise MediaCostError(problems)
    return mapping, lines


def _doubled(mapping: MediaCostMapping, lines: Lines) -> list[Problem]:
    problems, seen = [], dict[tuple[str | None, ...], str]()
    for index, rule in enumerate(mapping.campaigns):
        key = (rule.platform, rule.id, rule.name and rule.name.casefold(), rule.pattern and rule.pattern.casefold())
        if (first := seen.setdefault(key, rule.campaign)) != rule.campaign:
            message = f"maps the same campaign as a rule above, to {first!r} there and to {rule.campaign!r} here"
            problems.append(lines.problem(("campaigns", index), message, "Keep one of the two."))
    return problems


def _rates(mapping: MediaCostMapping, path: Path, lines: Lines) -> list[Problem]:
    if mapping.rates is None or (path.parent / mapping.rates).is_file():
        return []
    message = f"{mapping.rates!r} is not beside this file"
    return [lines.problem(("rates",), message, "Put it there with the columns date,currency,rate.")]
