"""Rows of `raw_agreement`, by what they speak of. Instants are naive UTC, as raw tables hold them."""
