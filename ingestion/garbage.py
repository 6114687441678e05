"""How often Python looks through its objects for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look seldom. Who holds a million objects as long as it runs (dbt), or makes and drops thousands of dicts with every
    answer (a reader), spends five to ten percent of its time on looking through all the others for garbage.
    """
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
