"""Content hashes: two texts have one hash exactly when they mean the same to the machine."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(content: Any) -> str:
    """JSON with sorted keys and no spaces: comments, order of keys and layout of the YAML do not matter."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(content: Any) -> str:
    """sha256 of the canonical JSON, lower-case hex."""
    return hashlib.sha256(canonical(content).encode("utf-8")).hexdigest()
