"""Dagster assets: thin wrappers around `stages`, one module per part of the line."""
