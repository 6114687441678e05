"""Names of assets. The lineage from dlt to dbt holds because both sides take their keys from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagster import AssetKey
from dagster_dbt import DagsterDbtTranslator

BUSINESS_LAYERS = ("staging", "intermediate", "marts", "plan")


def raw_key(schema: str, table: str) -> AssetKey:
    """A raw table, as ingestion writes it and as a dbt source names it."""
    return AssetKey([schema, table])


class Translator(DagsterDbtTranslator):
    """dbt sources are the raw tables; models are `<layer>/<name>`, grouped by layer."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return raw_key(dbt_resource_props["schema"], dbt_resource_props["identifier"])
        return AssetKey([layer_of(dbt_resource_props), dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return layer_of(dbt_resource_props)


def layer_of(dbt_resource_props: Mapping[str, Any]) -> str:
    """The first folder below `models/`: staging, intermediate, marts or plan."""
    return str(dbt_resource_props["fqn"][1])


def models_of(manifest: Mapping[str, Any], layer: str) -> list[AssetKey]:
    """Keys of every model of one layer."""
    nodes = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    return sorted(Translator().get_asset_key(node) for node in nodes if layer_of(node) == layer)


def sources_of(manifest: Mapping[str, Any]) -> list[AssetKey]:
    """Keys of every dbt source: each must be produced by exactly one ingestion asset."""
    return sorted(Translator().get_asset_key(source) for source in manifest["sources"].values())
