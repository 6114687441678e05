"""What tests and operators may ask afterwards: accepted writes (the ledger) and requests by resource (the record)."""

from collections import Counter, deque
from typing import Any


class Ledger:
    """Every accepted write in order, with the world's time, the resource and the body."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self._by_number: dict[int, dict[str, Any]] = {}

    def add(self, number: int, entry: dict[str, Any]) -> None:
        """Remember the write of journal record `number`."""
        row = {"n": number, **entry}
        self.entries.append(row)
        self._by_number[number] = row

    def note(self, number: int, **facts: Any) -> None:
        """Add facts to an entry (when it settled, whether it was dropped)."""
        if number in self._by_number:
            self._by_number[number].update(facts)

    def select(self, since: int = 0, resource: str | None = None) -> list[dict[str, Any]]:
        """Entries after record `since`, of one resource when given."""
        return [e for e in self.entries if e["n"] > since and (resource is None or e["resource"] == resource)]


class Record:
    """Counts of requests by service, resource and status, of 429s by rule, and of faults by kind."""

    def __init__(self) -> None:
        self.requests: dict[str, dict[str, Counter[str]]] = {}
        self.refused: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.last: deque[tuple[str, str, str, int]] = deque(maxlen=2000)

    def request(self, service: str, resource: str, method: str, path: str, status: int) -> None:
        """Count one answered request (status 0: the connection was dropped)."""
        self.requests.setdefault(service, {}).setdefault(resource, Counter())[str(status)] += 1
        self.last.append((service, method, path, status))

    def report(self) -> dict[str, Any]:
        """The record as JSON-ready data."""
        services = {
            service: {name: {"total": sum(c.values()), "statuses": dict(c)} for name, c in resources.items()}
            for service, resources in self.requests.items()
        }
        total = sum(sum(count.values()) for resources in self.requests.values() for count in resources.values())
        return {
            "requests": total,
            "services": services,
            "limited": dict(self.refused),
            "faults": dict(self.faults),
            "last": [dict(zip(("service", "method", "path", "status"), row, strict=True)) for row in self.last],
        }
