"""Errors that the stages raise on purpose. Messages name the stage, the system and what to do; nothing personal."""

from __future__ import annotations


class StageError(RuntimeError):
    """A stage cannot do its work as things are. Trying again changes nothing until somebody acts."""
