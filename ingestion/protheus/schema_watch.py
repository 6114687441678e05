"""Changes of the ERP's tables between two loads: new columns are told, lost or retyped ones stop their table.

Kept with the table's cursors: the columns as they were last seen, with the family of their type. A release or an
administrator may widen a column at any time; another family (a number that becomes text) means that the column is not
what it was, and figures made from it would be wrong without a sound.
"""

from __future__ import annotations

from collections.abc import Collection

from ingestion.errors import SourceError
from ingestion.protheus.source import PhysicalTable
from ingestion.rows import Row


def compare(
    alias: str, table: PhysicalTable, read: Collection[str], state: Row, accepted: Collection[str]
) -> list[str]:
    """Notes on what is new; remembers the columns in `state`. SourceError on a loss that nobody accepted.

    `read`: the columns of ours (lower case), there or not. `accepted`: `SD2.D2_CUSTO1`, in any case.
    """
    seen: dict[str, str] = {name: table.families.get(name, "") for name in sorted(table.columns)}
    before: dict[str, str] = state.get("columns") or {}
    fine = {name.lower() for name in accepted}
    lost = [name for name in before if name not in seen]
    retyped = [name for name in before if name in seen and before[name] and seen[name] and before[name] != seen[name]]
    problems = [
        *(f"{name.upper()} is gone" for name in lost if name in read and f"{alias}.{name}" not in fine),
        *(
            f"{name.upper()} was {before[name]} and is {seen[name]} now"
            for name in retyped
            if name in read and f"{alias}.{name}" not in fine
        ),
    ]
    if problems:
        names = ", ".join(f"{alias.upper()}.{problem.split(' ')[0]}" for problem in problems)
        raise SourceError(
            f"Protheus table {table.name} is not what it was: {'; '.join(problems)}. Nothing of it was read. Look at it with "
            f"whoever looks after the ERP; to go on without, add {names} to sources.protheus.accepted_changes in bastao.yaml."
        )
    notes = []
    if before:
        if new := [name.upper() for name in seen if name not in before]:
            notes.append(f"protheus: {table.name} has new columns: {', '.join(new)}.")
        if gone := [name.upper() for name in lost if name not in read]:
            notes.append(f"protheus: {table.name} lost columns that nothing reads: {', '.join(gone)}.")
    state["columns"] = seen
    return notes
