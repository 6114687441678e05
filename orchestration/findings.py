"""What `bastao doctor` says: one finding per thing that was looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

Status = Literal["ok", "note", "problem"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it stands, and what to do when it does not stand well."""

    what: str
    status: Status
    detail: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """For `--json`."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.status:<8} {self.what:<22} {self.detail}" + (f"\n{'':<32}{self.remedy}" if self.remedy else "")


def attempt(what: str, look: Callable[[], str], remedy: str = "Check the address and the secrets in bastao.yaml.") -> Finding:
    """A finding of something that works or raises. The message of a stranger's error is not shown: it may hold secrets."""
    try:
        return Finding(what, "ok", look())
    except Exception as error:  # whatever a client raises is the finding
        return Finding(what, "problem", told(error), remedy)


def told(error: Exception) -> str:
    """The message of an error of our rooms, which hold nothing personal; of a stranger's its name alone."""
    ours = type(error).__module__.partition(".")[0] in ("ingestion", "activation", "orchestration", "contract", "quality")
    return str(error) if ours else type(error).__name__
