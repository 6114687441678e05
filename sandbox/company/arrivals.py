"""When leads come: by hour, weekday, season and campaign."""

import random
from datetime import timedelta

from sandbox.company.chance import pick_index
from sandbox.company.channels import HOURS, day_weight
from sandbox.company.worktime import DAY, holidays, local_day, local_midnight


class Arrivals:
    """Draws arrival instants (epoch seconds) between `start` and `end` for one channel at a time."""

    def __init__(self, start: float, end: float) -> None:
        self._start, self._end = start, end
        self._days = []
        day = local_day(start)
        while local_midnight(day) < end:
            self._days.append(day)
            day += timedelta(days=1)
        self._closed = {d for year in {x.year for x in self._days} for d in holidays(year)}
        self._weights: dict[str, list[float]] = {}
        self._hours = [float(sum(HOURS[: n + 1])) for n in range(24)]

    def _cumulative(self, channel: str) -> list[float]:
        """Running sum of the channel's day weights (computed once per channel)."""
        found = self._weights.get(channel)
        if found is None:
            found, total = [], 0.0
            for n, day in enumerate(self._days):
                weight = day_weight(channel, day, n / max(1, len(self._days)))
                total += weight * (0.4 if day in self._closed else 1.0)
                found.append(total)
            self._weights[channel] = found
        return found

    def covers(self, t: float) -> bool:
        """Whether the instant lies in the span."""
        return self._start + 60 < t < self._end

    def draw(self, rng: random.Random, channel: str) -> float:
        """One arrival of the channel."""
        while True:
            day = self._days[pick_index(rng, self._cumulative(channel))]
            hour = pick_index(rng, self._hours)
            t = local_midnight(day) + hour * 3600 + rng.random() * 3600
            if self._start + 60 < t < min(self._end, self._start + len(self._days) * DAY):
                return t
