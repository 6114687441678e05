"""Imitations of RD Station Marketing, RD Station CRM v1 and v2 and a Protheus database, on loopback."""
