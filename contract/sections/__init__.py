"""Sections of a version: what a person writes. Those that promise something turn into clauses."""
