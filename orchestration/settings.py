"""Reads a company folder and the environment. The only module of Bastão that looks at the environment.

Everything else gets a typed `Profile`. Secrets stay behind `Secret` and appear only where a client needs the value.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from contract.yaml_source import Lines, YamlProblem, load_yaml
from orchestration.profile import Profile, keys_of, section_at

CONFIG_FILE = "bastao.yaml"
HOME_VARIABLE = "BASTAO_HOME"
PROFILE_VARIABLE = "BASTAO_PROFILE"
QUIET = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "DAGSTER_DISABLE_TELEMETRY": "true",
}


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """One thing to correct: where it is, what is wrong, what to do. `line` counts from 1; 0 = the whole file."""

    file: Path
    line: int
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{where}: {self.message}\n    {self.remedy}"


class SettingsError(RuntimeError):
    """The company folder or the environment cannot be used as it is; `problems` lists everything found."""

    def __init__(self, problems: list[SettingProblem]):
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


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

    Raises SettingsError with every problem of the file at once.
    """
    environ = os.environ if environ is None else environ
    folder = folder.expanduser().resolve()
    path = folder / CONFIG_FILE
    if not path.is_file():
        raise SettingsError([_missing(path)])
    try:
        data, lines = load_yaml(path)
    except YamlProblem as error:
        raise SettingsError([_unreadable(path, error)]) from None
    if not isinstance(data, dict):
        raise SettingsError([SettingProblem(path, 1, "not a list of keys", "Start from `bastao init DIR`.")])
    home = environ.get(HOME_VARIABLE) or f".bastao/{folder.name}"
    try:
        return Profile(**data, folder=folder, home=Path(home).expanduser().resolve())
    except ValidationError as error:
        raise SettingsError([_explain(path, lines, item) for item in error.errors()]) from None


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
    message = f"{'.'.join(path)} names the environment variable {name}, which is not set"
    remedy = f"Set it where Bastão runs, e.g. export {name}=…; docs/accounts.md says where to get the value."
    raise SettingsError([SettingProblem(file, load_yaml(file)[1].line(path), message, remedy)])


def missing_secrets(profile: Profile, environ: Mapping[str, str] | None = None) -> list[SettingProblem]:
    """Every secret that the profile's sources need and the environment lacks (empty = all there)."""
    problems = []
    for source in profile.source_names:
        for key in type(getattr(profile.sources, source)).model_fields:
            if key.endswith("_env"):
                try:
                    secret(profile, "sources", source, key, environ=environ)
                except SettingsError as error:
                    problems.extend(error.problems)
    return problems


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


def _missing(path: Path) -> SettingProblem:
    message = "no such company folder" if not path.parent.is_dir() else "the company folder has no bastao.yaml"
    return SettingProblem(path, 0, message, f"Make one with: bastao init {path.parent}")


def _unreadable(path: Path, error: YamlProblem) -> SettingProblem:
    return SettingProblem(path, error.line, error.message, "Correct the YAML, or compare with profiles/demo/bastao.yaml.")


def _explain(path: Path, lines: Lines, item: Any) -> SettingProblem:
    """pydantic's finding in words: which key, at which line, and what would be right."""
    keys = tuple(item["loc"])
    dotted = ".".join(str(key) for key in keys)
    line = lines.line(keys)
    if item["type"] == "extra_forbidden":
        section = section_at(keys[:-1])
        known = keys_of(section) if section else []
        close = difflib.get_close_matches(str(keys[-1]), known, n=1)
        remedy = f"Did you mean {close[0]!r}?" if close else f"Known keys here: {', '.join(known)}."
        return SettingProblem(path, line, f"unknown key {dotted!r}", remedy)
    if item["type"] == "missing":
        return SettingProblem(path, line, f"{dotted!r} is missing", f"Add the key {keys[-1]!r}; profiles/demo has an example.")
    message = str(item["msg"]).removeprefix("Value error, ")
    return SettingProblem(path, line, f"{dotted}: {message}", "Correct the value; docs/configuration.md lists the keys.")
