"""The fields that a company made in an account of its own, as the account shows them and as the last load saw them.

For readers, which stop when one that is read is lost (fields_watch.py), and for doctor, which says so beforehand and loads
nothing: no dlt here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STATE = "fields_seen"  # among a reader's cursors: kind of record -> field -> type


@dataclass(frozen=True)
class Fields:
    """The fields of one kind of record of an account (name -> type), the names of those that are read, and where bastao.yaml
    names those (`setting`)."""

    record: str
    now: Mapping[str, str]
    used: frozenset[str]
    setting: str

    @property
    def remedy(self) -> str:
        """What to do about a change."""
        return f"Put them back, or name others (or none) under {self.setting} in bastao.yaml."

    def changed(self, before: Mapping[str, str]) -> list[str]:
        """What became of those that are read since they were seen as `before`; empty when all are as they were."""
        wrong = []
        for name in sorted(self.used & set(before)):
            if name not in self.now:
                wrong.append(f"{name} is gone")
            elif before[name] != self.now[name]:
                wrong.append(f"{name} was {before[name]} and is {self.now[name]} now")
        return wrong

    def missing(self, before: Mapping[str, str]) -> list[str]:
        """Those that the settings name and that never were there."""
        return sorted(self.used - set(self.now) - set(before))


def last_seen(pipelines: Path, pipeline: str, system: str) -> dict[str, dict[str, str]]:
    """The fields by kind of record as the last load saw them, for who only looks: from dlt's own copy of the cursors.

    The warehouse's copy is what counts at a load, but whoever holds the warehouse would have to be waited for. Empty before
    the first load.
    """
    path = pipelines / pipeline / "state.json"
    if not path.exists():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return dict(stored.get("sources", {}).get(system, {}).get(STATE, {}))
