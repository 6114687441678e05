"""Measurements of the house's speed promises; each is one script that prints a table and checks its promise."""
