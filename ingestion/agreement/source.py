"""The agreement as a source: the rules go to the warehouse as rows, so that SQL holds no thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contract.agreement import Agreement
from contract.hashing import content_hash
from contract.mappings import Mappings
from contract.tables import agreement_tables
from ingestion.ports import Ports, Target
from ingestion.rows import Row
from ingestion.runner import LoadReport, Reader, Session, Slice, load

DATASET = "raw_agreement"
PIPELINE = "agreement"
# Part of the fingerprint: raise it when the rows change although the agreement does not (a default title, say).
_LAYOUT = 4


def run(
    agreement: Agreement, mappings: Mappings, target: Target, ports: Ports, restatements: Sequence[Row] = ()
) -> LoadReport:
    """Load all tables of the agreement as one package, when anything in them changed since the last load.

    `restatements` are rows of `raw_agreement.restatements`: who had the past judged anew, when and why.
    """
    return load(PIPELINE, DATASET, reader(agreement, mappings, restatements), target, ports)


def reader(agreement: Agreement, mappings: Mappings, restatements: Sequence[Row] = ()) -> Reader:
    """A reader for the runner. Staging takes the rows of the newest load, so one slice holds all of them."""
    fingerprint = _fingerprint(agreement, mappings, restatements)

    def read(session: Session) -> Iterator[Slice]:
        if session.state.get("fingerprint") == fingerprint:
            session.note("The agreement did not change since the last load.")
            return
        session.state["fingerprint"] = fingerprint
        restated = {"restatements": [dict(row) for row in restatements]}
        yield Slice({**agreement_tables(agreement, mappings), **restated}, origin="file")

    return read


def _fingerprint(agreement: Agreement, mappings: Mappings, restatements: Sequence[Row]) -> str:
    """Changes exactly when a row would; far cheaper than the rows (no calendar is laid out)."""
    return content_hash(
        {
            "layout": _LAYOUT,
            "versions": [
                [version.version, version.agreement_hash, *version.calendar_hashes]
                for version in agreement.versions
            ],
            "glossary": [term.model_dump(mode="json") for term in agreement.glossary],
            "waivers": [waiver.model_dump(mode="json") for waiver in agreement.waivers],
            "absences": [
                [away.seller, away.from_at.isoformat(), away.until_at.isoformat(), away.reason]
                for away in agreement.absences
            ],
            "restatements": [
                {key: str(value) for key, value in restatement.items()} for restatement in restatements
            ],
            "stages": [block.model_dump(mode="json") for block in mappings.stages],
            "channels": [block.model_dump(mode="json") for block in mappings.channels],
            "costs": [cost.model_dump(mode="json") for cost in mappings.costs],
            "identity": [
                [decision.model_dump(mode="json") for decision in decisions]
                for decisions in (mappings.identity.merges, mappings.identity.splits)
            ],
        }
    )
