"""The agreement as a source: the rules go to the warehouse as rows, so that SQL holds no thresholds."""

from __future__ import annotations

from collections.abc import Iterator

from contract.agreement import Agreement
from contract.hashing import content_hash
from contract.mappings import Mappings
from contract.tables import agreement_tables
from ingestion.ports import Ports, Target
from ingestion.runner import LoadReport, Reader, Session, Slice, load

DATASET = "raw_agreement"
PIPELINE = "agreement"
# Part of the fingerprint: raise it when the rows change although the agreement does not.
_LAYOUT = 1


def run(agreement: Agreement, mappings: Mappings, target: Target, ports: Ports) -> LoadReport:
    """Load all tables of the agreement as one package, when anything in them changed since the last load."""
    return load(PIPELINE, DATASET, reader(agreement, mappings), target, ports)


def reader(agreement: Agreement, mappings: Mappings) -> Reader:
    """A reader for the runner. Staging takes the rows of the newest load, so one slice holds all of them."""
    fingerprint = _fingerprint(agreement, mappings)

    def read(session: Session) -> Iterator[Slice]:
        if session.state.get("fingerprint") == fingerprint:
            session.note("The agreement did not change since the last load.")
            return
        session.state["fingerprint"] = fingerprint
        yield Slice(agreement_tables(agreement, mappings), origin="file")

    return read


def _fingerprint(agreement: Agreement, mappings: Mappings) -> str:
    return content_hash(
        {
            "layout": _LAYOUT,
            "versions": [
                [version.version, version.agreement_hash, version.calendar_hash]
                for version in agreement.versions
            ],
            "stages": [block.model_dump(mode="json") for block in mappings.stages],
            "channels": [block.model_dump(mode="json") for block in mappings.channels],
        }
    )
