"""What happened to one lead, from the published timeline: `bastao lead`."""

from __future__ import annotations

from typing import Any

from orchestration import publish
from orchestration.errors import StageError
from orchestration.profile import Profile

SHORTEST = 6  # characters of an id's beginning
_NAMED = """
    select distinct person_id from (
        select person_id from marts.dim_people where person_id like $who || '%'
        union all
        select person_id from marts.fct_handoffs where handoff_id like $who || '%'
        union all
        select coalesce(h.person_id, o.person_id) from marts.fct_opportunities as o
        left join marts.fct_handoffs as h on o.handoff_id = h.handoff_id
        where o.source_id = $who or o.opportunity_id like $who || '%'
    ) where person_id is not null
"""
_STORY = """
    select happened_date, happened_at, kind, detail, amount, source_system, source_record, handoff_id
    from marts.fct_person_timeline where person_id = $person order by happened_date, happened_at nulls first, kind, timeline_id
"""


def of(profile: Profile, who: str) -> list[dict[str, Any]]:
    """The facts about the person whom `who` names, in order: instants UTC, days local.

    `who`: a deal's id in the CRM, or an id of the marts (person, hand-over, opportunity) or its first six characters or more.
    FileNotFoundError when nothing is published; StageError when nobody or several people are named.
    """
    if len(who) < SHORTEST:
        raise StageError(f"Give at least {SHORTEST} characters of an id (a deal of the CRM, or an id of the marts).")
    with publish.opened(profile.paths) as connection:
        people = [person for (person,) in connection.execute(_NAMED, {"who": who}).fetchall()]
        if len(people) != 1:
            found = f"{len(people)} people; give more characters" if people else "nobody who is published"
            raise StageError(f"This id names {found}. Ids are in fct_handoffs, dim_people, or the CRM's deal.")
        rows = connection.execute(_STORY, {"person": people[0]})
        names = [column[0] for column in rows.description]
        return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
