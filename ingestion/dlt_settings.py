"""All that dlt is configured by. Nothing else is looked up: no environment, no file of somebody else's project.

dlt asks for each of its hundreds of settings, under every path of sections it could stand in, and for every table anew. Its own
providers take a third of a small load for that; a look into one dict takes nothing.
"""

from __future__ import annotations

from typing import Any

from dlt.common.configuration.container import Container
from dlt.common.configuration.providers.provider import ConfigProvider
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from dlt.common.runtime.run_context import RunContext

SETTINGS: dict[tuple[str, ...], Any] = {
    ("runtime", "dlthub_telemetry"): False,
    ("runtime", "log_level"): "CRITICAL",  # its error logs quote values of rows
    ("enable_runtime_trace",): False,  # nobody reads it, and the messages of a failure quote values of rows
    ("load", "delete_completed_jobs"): True,  # a loaded package is a second copy of personal data that nobody reads
    ("load", "run_sleep"): 0.0,  # nothing else is coming: after a package there is nothing to wait for
    ("normalize", "run_sleep"): 0.0,
    ("data_writer", "compression"): "none",  # a package lives for a second: packing and unpacking it costs more than its bytes
    ("normalize", "parquet_normalizer", "add_dlt_load_id"): True,
    # A row is named by load_seq and row_seq; for `_dlt_id`, which nobody reads, dlt would write every file a second time.
    ("normalize", "parquet_normalizer", "add_dlt_id"): False,
}


class OwnSettings(ConfigProvider):
    """`SETTINGS`, by section and key."""

    def get_value(self, key: str, hint: type[Any], pipeline_name: str | None, *sections: str) -> tuple[Any, str]:
        """See dlt."""
        return None if pipeline_name else SETTINGS.get((*sections, key)), key

    @property
    def supports_secrets(self) -> bool:
        """There are none among them; credentials are handed over where they are used."""
        return True

    @property
    def supports_sections(self) -> bool:
        """See dlt."""
        return True

    @property
    def name(self) -> str:
        """See dlt."""
        return "bastao"


class _OwnContext(RunContext):
    """dlt's own asks a running Streamlit for secrets, and imports all of it to see whether there is one."""

    def initial_providers(self) -> list[ConfigProvider]:
        return [OwnSettings()]


def use_own_settings() -> None:
    """From here on this process asks nobody else."""
    container = Container()
    if PluggableRunContext not in container:
        container[PluggableRunContext] = PluggableRunContext(_OwnContext(None))
    container[PluggableRunContext].providers.providers = [OwnSettings()]
