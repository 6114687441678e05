"""The code location that workspace.yaml names. Importing it reads bastao.yaml and the prepared manifest: nothing else."""

from __future__ import annotations

from pathlib import Path

from orchestration import settings
from orchestration.code_location import build_definitions

settings.quiet_tools()
defs = build_definitions(settings.load_profile(settings.default_profile_folder() or Path.cwd()))
