"""The Brazilian states: their letters, and the letters by the name as people write it."""

from __future__ import annotations

STATE_NAMES = {
    "acre": "AC", "alagoas": "AL", "amazonas": "AM", "amapá": "AP", "bahia": "BA", "ceará": "CE", "distrito federal": "DF",
    "espírito santo": "ES", "goiás": "GO", "maranhão": "MA", "minas gerais": "MG", "mato grosso do sul": "MS",
    "mato grosso": "MT", "pará": "PA", "paraíba": "PB", "pernambuco": "PE", "piauí": "PI", "paraná": "PR",
    "rio de janeiro": "RJ", "rio grande do norte": "RN", "rondônia": "RO", "roraima": "RR", "rio grande do sul": "RS",
    "santa catarina": "SC", "sergipe": "SE", "são paulo": "SP", "tocantins": "TO",
}  # fmt: skip
STATES = frozenset(STATE_NAMES.values())
