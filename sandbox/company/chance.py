"""Random streams: one independent `random.Random` per concern and subject.

Every draw comes from a stream named after the seed, the concern and the subject, so one more lead or one more
habit does not reshuffle anybody else's life.
"""

import hashlib
import math
import random
import uuid
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, *concern: object) -> random.Random:
    """The stream of this concern; the same arguments give the same numbers on every machine."""
    name = ":".join(map(str, (seed, *concern))).encode()
    return random.Random(int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big"))


def new_uuid(rng: random.Random) -> str:
    """A uuid4 text, as RD Station Marketing names contacts."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def new_hex(rng: random.Random, at: float) -> str:
    """24 hexadecimal digits as the CRM names its rows: eight of the second of birth, sixteen random."""
    return f"{int(at):08x}{rng.getrandbits(64):016x}"


def pick(rng: random.Random, weights: Mapping[T, float]) -> T:
    """One key, by weight."""
    point = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        point -= weight
        if point < 0:
            return key
    return key


def pick_index(rng: random.Random, cumulative: Sequence[float]) -> int:
    """The index of a running-sum list in which a uniform draw falls."""
    point = rng.random() * cumulative[-1]
    low, high = 0, len(cumulative) - 1
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] <= point:
            low = middle + 1
        else:
            high = middle
    return low


def spread(rng: random.Random, median: float, sigma: float) -> float:
    """A log-normal draw: half below `median`, a long tail above."""
    return median * math.exp(rng.gauss(0.0, sigma))
