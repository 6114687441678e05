"""A new company folder: bastao.yaml, an agreement and mappings to fill in. `bastao init` writes it."""

from __future__ import annotations

import json
from pathlib import Path

from contract.problems import ConfigurationError, Problem

FILES = Path(__file__).with_name("template_files")


def create(folder: Path, company: str | None = None) -> list[Path]:
    """Write the template into `folder` and return the files written.

    `company` is the name to put into bastao.yaml (default: the folder's). Raises ConfigurationError, and writes
    nothing, when one of the files exists already.
    """
    sources = sorted(path for path in FILES.rglob("*.yaml"))
    targets = {source: folder / source.relative_to(FILES) for source in sources}
    taken = [target for target in targets.values() if target.exists()]
    if taken:
        remedy = "Choose an empty folder, or move the file away: nothing is overwritten."
        raise ConfigurationError([Problem(str(target), 0, "", "exists already", remedy) for target in taken])
    # JSON's quoting is valid YAML for any name, with quotes and accents.
    name = json.dumps(company or folder.resolve().name, ensure_ascii=False)
    for source, target in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text(encoding="utf-8").replace("{company}", name), encoding="utf-8")
    return list(targets.values())
