"""The dbt models as one asset definition, built by dbt inside this process.

No postponed annotations here: Dagster looks at the type of `context` when the asset is made.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dagster import AssetExecutionContext, AssetsDefinition
from dagster_dbt import dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration import stages
from orchestration.assets.guard import guarded
from orchestration.assets.translator import Translator
from orchestration.profile import Profile

WAREHOUSE_POOL = "warehouse"


def model_assets(profile: Profile, manifest: Mapping[str, Any]) -> AssetsDefinition:
    """Every model; a run may take a part of them. dbt's data tests become asset checks."""
    translator = Translator()

    @dbt_assets(manifest=manifest, dagster_dbt_translator=translator, name="dbt", pool=WAREHOUSE_POOL)
    def models(context: AssetExecutionContext) -> Iterator[Any]:
        select = _selection(context, manifest, translator) if context.is_subset else None
        with guarded():
            for event in stages.transform_stream(profile, select):
                message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
                yield from message.to_default_asset_events(
                    manifest=manifest, dagster_dbt_translator=translator, context=context
                )

    return models


def _selection(context: AssetExecutionContext, manifest: Mapping[str, Any], translator: Translator) -> str:
    """dbt's selection text for the models that this run is asked for."""
    wanted = context.selected_asset_keys
    names = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and translator.get_asset_key(node) in wanted
    ]
    return " ".join(sorted(names))
