"""Constants of Protheus (protheus.md) and the configuration of one company group."""

from __future__ import annotations

from dataclasses import dataclass

SYSTEM = "protheus"
SCHEMA = "raw_protheus"
PIPELINE = "bastao_protheus"

RECNO, DELETED, STAMP = "r_e_c_n_o_", "d_e_l_e_t_", "s_t_a_m_p_"
IDENTIFIERS = "customer_identifiers"
COMPANIES = "sys_company"  # one table for all groups, no suffix

# Without these there is no revenue; every other table may be missing (a company without contracts, an old release).
REQUIRED_TABLES = ("sa1", "sf2", "sd2", "sf4")

# Columns that models join by or sum; others may be missing and are null then.
REQUIRED_COLUMNS: dict[str, tuple[str, ...]] = {
    "sa1": ("a1_filial", "a1_cod", "a1_loja", "a1_cgc"),
    "sf2": ("f2_filial", "f2_doc", "f2_serie", "f2_cliente", "f2_loja", "f2_emissao"),
    "sd2": (
        "d2_filial", "d2_doc", "d2_serie", "d2_cliente", "d2_loja", "d2_item", "d2_total", "d2_tes", "d2_tipo",
        "d2_emissao", "d2_pedido",
    ),
    "sf4": ("f4_filial", "f4_codigo", "f4_duplic"),
    "sd1": (
        "d1_filial", "d1_doc", "d1_serie", "d1_fornece", "d1_loja", "d1_item", "d1_total", "d1_tipo", "d1_dtdigit",
        "d1_nfori", "d1_seriori", "d1_itemori",
    ),
    "sf1": ("f1_filial", "f1_doc", "f1_serie", "f1_fornece", "f1_loja", "f1_tipo"),
    "se1": ("e1_filial", "e1_prefixo", "e1_num", "e1_parcela", "e1_tipo", "e1_cliente", "e1_loja", "e1_saldo"),
    "se5": (
        "e5_filial", "e5_data", "e5_valor", "e5_recpag", "e5_tipodoc", "e5_situaca", "e5_prefixo", "e5_numero",
        "e5_parcela", "e5_clifor", "e5_loja", "e5_seq",
    ),
    "sc5": ("c5_filial", "c5_num", "c5_cliente", "c5_lojacli"),
    "sc6": ("c6_filial", "c6_num", "c6_item", "c6_valor"),
}  # fmt: skip

# Read of SA1 besides what lands: they become identifiers, or the company's CNPJ.
CUSTOMER_SOURCES = ("a1_cgc", "a1_email", "a1_ddi", "a1_ddd", "a1_tel")
DERIVED = ("a1_cnpj", "a1_cnpj_root")


@dataclass(frozen=True, repr=False)
class ProtheusConfig:
    """One company group of one database. `url` is a SQLAlchemy URL of a read-only user; it may hold a password."""

    url: str
    company_group: str = "01"
    overlap_minutes: float = 60.0  # transactions commit later than their stamps
    full_sweep_days: float = 7.0  # tables without stamps are read whole again; vanished rows are looked for
    chunk_rows: int = 20_000

    def __repr__(self) -> str:
        return f"ProtheusConfig(group {self.company_group})"
