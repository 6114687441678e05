"""Reads a company folder and the environment. The only module of Bastão that looks at the environment.

Everything else gets a typed `Profile`. Secrets stay behind `Secret` and appear only where a client needs the value.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contract.explain import validate
from contract.problems import ConfigurationError, Problem
from contract.yaml_source import load_yaml
from orchestration.profile import Config, Profile

CONFIG_FILE = "bastao.yaml"
HOME_VARIABLE = "BASTAO_HOME"
PROFILE_VARIABLE = "BASTAO_PROFILE"
QUIET = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "DAGSTER_DISABLE_TELEMETRY": "true",
}


class SettingsError(ConfigurationError):
    """bastao.yaml or the environment cannot be used as they are; `problems` lists everything found."""

    title = "The settings have {count}"


class Secret:
    """A value that does not show itself: not in repr, not in logs, not in tracebacks that print locals."""

    __slots__ = ("_value", "name")

    def __init__(self, name: str, value: str):
        self.name, self._value = name, value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.name})"


def load_profile(folder: Path, environ: Mapping[str, str] | None = None) -> Profile:
    """Read `<folder>/bastao.yaml`. BASTAO_HOME says where the data lives (default .bastao/<folder's name>).

    Raises ConfigurationError (SettingsError for the keys) with every problem of the file at once.
    """
    environ = os.environ if environ is None else environ
    folder = folder.expanduser().resolve()
    path = folder / CONFIG_FILE
    if not path.is_file():
        raise SettingsError([_missing(path)])
    data, lines = load_yaml(path, _shown(path))
    if not isinstance(data, dict):
        remedy = "Write `key: value` lines; `bastao init DIR` makes an example."
        raise SettingsError([lines.problem((), "holds no keys", remedy)])
    config, problems = validate(Config, data, lines, ())
    if config is None:
        raise SettingsError(problems)
    home = Path(environ.get(HOME_VARIABLE) or f".bastao/{folder.name}").expanduser().resolve()
    return Profile.model_construct(**dict(config), folder=folder, home=home)


def secret(profile: Profile, *path: str, environ: Mapping[str, str] | None = None) -> Secret:
    """The secret whose environment name stands at a key path, e.g. ("sources", "rd_station", "client_id_env").

    Raises SettingsError that names the variable, and the line of bastao.yaml that asks for it.
    """
    environ = os.environ if environ is None else environ
    name: Any = profile
    for key in path:
        name = getattr(name, key)
    if value := environ.get(name):
        return Secret(name, value)
    file = profile.folder / CONFIG_FILE
    lines = load_yaml(file, _shown(file))[1]
    message = f"names the environment variable {name}, which is not set"
    remedy = f"Set it where Bastão runs: export {name}=… (the README says where each value comes from)."
    raise SettingsError([lines.problem(path, message, remedy)])


def optional_secret(name: str, environ: Mapping[str, str] | None = None) -> Secret | None:
    """The value of an environment variable that need not be set."""
    value = (os.environ if environ is None else environ).get(name)
    return Secret(name, value) if value else None


def missing_secrets(profile: Profile, environ: Mapping[str, str] | None = None) -> list[Problem]:
    """Every secret that the profile's sources need and the environment lacks (empty = all there)."""
    problems: list[Problem] = []
    wanted: list[tuple[str, ...]] = [
        ("sources", source, key)
        for source in profile.source_names
        for key in _secrets_of(getattr(profile.sources, source))
    ]
    wanted += [("engine_url_env",)] if profile.engine == "postgres" else []
    wanted += [("state_url_env",)] if profile.state == "postgres" else []
    for path in wanted:
        try:
            secret(profile, *path, environ=environ)
        except SettingsError as error:
            problems.extend(error.problems)
    return problems


def _secrets_of(section: Any) -> tuple[str, ...]:
    """The keys that name secrets; a section with several ways of access says itself which it needs."""
    needed: tuple[str, ...] | None = getattr(section, "needed_secrets", None)
    return needed or tuple(key for key in type(section).model_fields if key.endswith("_env"))


def export(values: Mapping[str, str]) -> None:
    """Set environment variables for this process and its children (dbt reads its profile from them)."""
    os.environ.update(values)


def quiet_tools() -> None:
    """Switch off what dbt, dlt and Dagster would send home. GX 1.24 sends nothing."""
    export(QUIET)


def default_profile_folder(environ: Mapping[str, str] | None = None) -> Path | None:
    """The folder named by BASTAO_PROFILE, for processes that get no command line (Dagster's code location)."""
    value = (os.environ if environ is None else environ).get(PROFILE_VARIABLE)
    return Path(value) if value else None


def child_environment(profile: Profile, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a process that works on the same company."""
    own = {PROFILE_VARIABLE: str(profile.folder), HOME_VARIABLE: str(profile.home)}
    return {**os.environ, **QUIET, **own, **(extra or {})}


def _shown(path: Path) -> str:
    """The file's name as a person would type it: from the working folder when it lies below."""
    cwd = Path.cwd()
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)


def _missing(path: Path) -> Problem:
    message = "is not there" if path.parent.is_dir() else "is not there: no such company folder"
    return Problem(_shown(path), 0, "", message, f"Make one with: bastao init {_shown(path.parent)}")
