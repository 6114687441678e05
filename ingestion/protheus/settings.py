"""Constants of Protheus (protheus.md) and the configuration of one company group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SYSTEM = "protheus"
SCHEMA = "raw_protheus"
PIPELINE = "bastao_protheus"

RECNO, DELETED, STAMP = "r_e_c_n_o_", "d_e_l_e_t_", "s_t_a_m_p_"
IDENTIFIERS = "customer_identifiers"
SHARING = "table_sharing"
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

# Read of SA1 and SUS besides what lands: they become identifiers, or the company's CNPJ.
CUSTOMER_SOURCES = ("a1_cgc", "a1_email", "a1_ddi", "a1_ddd", "a1_tel")
EXTRA_SOURCES: dict[str, tuple[str, ...]] = {"sa1": CUSTOMER_SOURCES, "sus": ("us_cgc",)}
DERIVED = ("a1_cnpj", "a1_cnpj_root", "us_cnpj", "us_cnpj_root")

# Codes that Protheus itself defines (contract 2.3). A company cannot add to them: another one is looked at by a person.
KNOWN_CODES: dict[str, str] = {
    "a1_pessoa": "F J",
    "us_pessoa": "F J",
    "ad1_status": "1 2 3 9",
    "ady_entida": "1 2",
    "aij_status": "1 2",
    "cn9_espctr": "1 2",
    "cn9_situac": "01 02 03 04 05 06 07 08 09 10",
    "d2_tipo": "N C I P D B",
    "d1_tipo": "N C I P D B",
    "e5_recpag": "R P",
    "f4_duplic": "S N",
}

# What identifies a row for people (contract 2.3, "unique key"): R_E_C_N_O_ may be given again after a table is rebuilt.
KEYS: dict[str, str] = {
    "sys_company": "m0_codigo m0_codfil",
    "sa1": "a1_filial a1_cod a1_loja",
    "sus": "us_filial us_cod us_loja",
    "sa3": "a3_filial a3_cod",
    "sc5": "c5_filial c5_num",
    "sc6": "c6_filial c6_num c6_item",
    "sf2": "f2_filial f2_doc f2_serie f2_cliente f2_loja",
    "sd2": "d2_filial d2_doc d2_serie d2_cliente d2_loja d2_item",
    "sf1": "f1_filial f1_doc f1_serie f1_fornece f1_loja",
    "sd1": "d1_filial d1_doc d1_serie d1_fornece d1_loja d1_item",
    "sf4": "f4_filial f4_codigo",
    "se1": "e1_filial e1_prefixo e1_num e1_parcela e1_tipo e1_cliente e1_loja",
    "se5": "e5_filial e5_prefixo e5_numero e5_parcela e5_tipo e5_clifor e5_loja e5_seq e5_tipodoc",
    "fk1": "fk1_filial fk1_idfk1",
    "fk6": "fk6_filial fk6_idfk6",
    "fk7": "fk7_filial fk7_iddoc",
    "cn9": "cn9_filial cn9_numero cn9_revisa",
    "cna": "cna_filial cna_contra cna_revisa cna_numero",
    "cnb": "cnb_filial cnb_contra cnb_revisa cnb_numero cnb_item",
    "ady": "ady_filial ady_propos ady_previs",
    "adz": "adz_filial adz_propos adz_revisa adz_folder adz_item",
    "ad1": "ad1_filial ad1_nropor ad1_revisa",
    "aij": "aij_filial aij_nropor aij_revisa aij_proven aij_stage",
}

Mode = Literal["sql", "rest"]
Isolation = Literal["READ COMMITTED", "REPEATABLE READ", "SNAPSHOT"]


@dataclass(frozen=True, repr=False)
class RestAccess:
    """The REST server of Protheus (contract 3.2 to 3.4). `base_url` ends with the server's prefix, often `/rest`."""

    base_url: str
    username: str
    password: str
    branch: str = "01"  # of the header tenantId; the rows of all branches are asked for all the same
    page_rows: int = 1000  # asked for; the server may give fewer
    token_in: Literal["body", "query"] = "body"  # both were seen; a query string lands in logs
    stamp_literal: Literal["text", "timestamp"] = "text"  # Oracle compares instants with a TIMESTAMP literal only

    def __repr__(self) -> str:
        return f"RestAccess({self.base_url})"


@dataclass(frozen=True, repr=False)
class ProtheusConfig:
    """One company group. `url` is a SQLAlchemy URL of a read-only user (it may hold a password); `rest` its REST server.

    `accepted_changes`: columns that a person looked at after they were lost or changed their type, as SD2.D2_CUSTO1.
    """

    url: str = ""
    company_group: str = "01"
    overlap_minutes: float = 60.0  # transactions commit later than their stamps
    overlap_records: int = 2_000  # without stamps: so many of the newest rows are looked at again each time
    full_sweep_days: float = 7.0  # tables without stamps are read whole again; vanished rows are looked for
    chunk_rows: int = 20_000
    mode: Mode = "sql"
    db_schema: str | None = None  # owner of the tables, when it is not the user who reads
    isolation: Isolation | None = None
    rest: RestAccess | None = None
    accepted_changes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"ProtheusConfig(group {self.company_group}, {self.mode})"
