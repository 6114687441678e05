"""The monthly review of the score: counts from what is published, read against the version in force. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from contract.agreement import Agreement, SignedVersion
from contract.problems import AgreementError, Problem
from contract.score_review import Counts, Reading, proposal, review
from contract.score_review_words import line, say
from contract.words import language_of
from orchestration import agreements
from orchestration.profile import Profile
from orchestration.publish import opened

# Decided: it became SQL, or it is closed. What is still open may become one.
_COUNTS = """
    select p.rule_id, p.result, count(*), count(*) filter (where h.sql_at is not null or h.won_date is not null)
    from marts.fct_handoff_score_parts as p
    inner join marts.fct_handoffs as h using (handoff_id)
    where p.agreement_version = ? and p.rule_id = ? and (h.status <> 'open' or h.sql_at is not null)
    group by 1, 2
"""


@dataclass(frozen=True)
class ScoreReview:
    """What the review says: the version, a reading per rule, the lines for people, and the diff (empty: nothing proposed)."""

    version: str
    readings: list[Reading]
    lines: list[str]
    diff: str


def review_score(profile: Profile, locale: str | None = None) -> ScoreReview:
    """The review of the version in force. AgreementError when it has no score; FileNotFoundError before the first publish."""
    everything = agreements.read(profile)
    version = agreements.pick(profile, everything, None)
    scoring = version.terms.scoring
    if scoring is None:
        remedy = "Add the section (docs/agreement.md) to a new version; there is nothing to review until then."
        raise AgreementError([Problem("agreement", 0, version.version, "has no section `scoring`", remedy)])
    readings = review(version, _counts(profile, everything, version))
    diff = proposal(profile.folder / agreements.FOLDER, version, readings)
    language = language_of(locale or profile.locale)
    lines = [line(reading, scoring.review.least_sample, language) for reading in readings]
    return ScoreReview(version.version, readings, [*lines, say("how" if diff else "nothing", language)], diff)


def _counts(profile: Profile, everything: Agreement, version: SignedVersion) -> dict[str, Counts]:
    """Counts by rule, over all versions in which the rule asks for the same fact (its points do not matter)."""
    assert version.terms.scoring is not None
    wanted = {rule.id: rule.when for rule in version.terms.scoring.rules}
    sums: dict[str, dict[str, int]] = {rule: {} for rule in wanted}
    with opened(profile.paths) as published:
        for other in everything.versions:
            for rule in other.terms.scoring.rules if other.terms.scoring else ():
                if wanted.get(rule.id) != rule.when:
                    continue
                for _, result, members, sqls in published.execute(_COUNTS, [other.version, rule.id]).fetchall():
                    held = sums[rule.id]
                    held[result] = held.get(result, 0) + members
                    if result != "not_readable":
                        held[f"{result}_sqls"] = held.get(f"{result}_sqls", 0) + sqls
    return {rule: Counts(**held) for rule, held in sums.items()}
