"""A company folder that points at a running sandbox: the demo's own profile with the addresses replaced."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from orchestration.profile import Profile
from orchestration.settings import load_profile

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "profiles" / "demo"
SANDBOX_IN_DEMO = "http://127.0.0.1:8899"
SHARED_DATA = ROOT.parent / "shared" / "data"


def secrets(given: dict[str, Any]) -> dict[str, str]:
    """What GET /sandbox/credentials answers, under the environment names of the demo profile."""
    return {
        "BASTAO_RD_CLIENT_ID": given["marketing"]["client_id"],
        "BASTAO_RD_CLIENT_SECRET": given["marketing"]["client_secret"],
        "BASTAO_RD_REFRESH_TOKEN": given["marketing"]["refresh_token"],
        "BASTAO_RD_CRM_TOKEN": given["crm_v1"]["token"],
        "BASTAO_RD_CRM_CLIENT_ID": given["crm_v2"]["client_id"],
        "BASTAO_RD_CRM_CLIENT_SECRET": given["crm_v2"]["client_secret"],
        "BASTAO_RD_CRM_REFRESH_TOKEN": given["crm_v2"]["refresh_token"],
        "BASTAO_HUBSPOT_TOKEN": given["hubspot"]["token"],
        "BASTAO_PROTHEUS_URL": given["protheus"]["url"],
    }


def write_profile(folder: Path, sandbox_url: str, **replace: str) -> Path:
    """Copy the demo's folder to `folder`, pointed at `sandbox_url`; `replace` maps texts of bastao.yaml to others."""
    shutil.copytree(DEMO, folder)
    config = folder / "bastao.yaml"
    text = config.read_text(encoding="utf-8").replace(SANDBOX_IN_DEMO, sandbox_url)
    for old, new in replace.items():
        assert old in text, f"bastao.yaml of the demo has no {old!r}"
        text = text.replace(old, new)
    config.write_text(text, encoding="utf-8")
    return folder


@contextmanager
def company(
    base: Path, sandbox: Any, replace: dict[str, str] | None = None, environ: dict[str, str] | None = None,
    change: Callable[[Path], None] = lambda _folder: None,
) -> Iterator[Profile]:
    """The company as a loaded Profile with its home in `base`, its secrets in the environment while it lasts.

    `change` may edit the folder before it is read.
    """
    folder = write_profile(base / "company", sandbox.url, **(replace or {}))
    change(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**secrets(sandbox.credentials), **(environ or {})}.items():
            patch.setenv(name, value)
        patch.setenv("BASTAO_HOME", str(base / "home"))
        yield load_profile(folder)
