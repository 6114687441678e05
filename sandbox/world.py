"""The world that the sandbox serves: the event stream of one simulated company and its reference data.

`World.reference` (plain dicts and lists, the shape every server can read without knowing the company):

- `users`: [{id, name, email, active, team_id, hidden}] (CRM users; sellers also carry `erp_code`, their SA3 code)
- `teams`: [{id, name, user_ids}]
- `pipelines`: [{id, name, order, stages: [{id, name, nickname, order, objective}]}]
- `lost_reasons`, `sources`, `campaigns`, `segments`: [{id, name}]
- `landing_pages`, `forms`, `popups`: [{id, name, identifier, status, created_at, updated_at}] (marketing assets)
- `workflows`, `emails`: [{id, name, status, created_at, updated_at, …}]; `segmentations`: [{id, name, standard, …}]
- `fields`: [{uuid, api_identifier, label, data_type, custom_field}] (marketing contact fields)
- `custom_fields`: [{id, label, slug, entity (deal | organization | contact), type, options}] (CRM)
- `products`: [{id, name, price}]
- `erp_columns`: {alias: [{column, type (C|D|N|L|M), width, decimals}]} for every table that the ERP has
- `erp_tables`: [{alias, physical, name, sharing (C|E), unique_key, has_recdel}]; all tables to create

Static ERP rows (SYS_COMPANY, SX2, SX3, SA3, SF4 …) are ordinary `erp.upsert` events before `start`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.events import Event


@dataclass(slots=True)
class World:
    """A simulated company: `events` sorted by (at, seq); `start`, `end` aware UTC; `end` is the demo's "now".

    Events after `end` are the company's future: a running sandbox replays them as its clock goes on.
    `facts` is the simulator's own record of what really happened (only the truth reads it).
    """

    events: list[Event]
    start: datetime
    end: datetime
    seed: int
    account: dict[str, Any]
    reference: dict[str, Any]
    facts: Any = field(default=None, repr=False)

    def until(self, instant: datetime) -> list[Event]:
        """The events with `at <= instant`, in order (the list is sorted, so a bisection finds the end)."""
        low, high = 0, len(self.events)
        while low < high:
            middle = (low + high) // 2
            if self.events[middle].at <= instant:
                low = middle + 1
            else:
                high = middle
        return self.events[:low]
