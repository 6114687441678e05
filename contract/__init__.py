"""The agreement between marketing and sales: typed model, validation, versions and hashes, rendering."""

from contract.agreement import Agreement, SignedVersion, load_agreement
from contract.mappings import Mappings, load_mappings
from contract.problems import AgreementError, ConfigurationError, Problem
from contract.tables import agreement_tables

__all__ = [
    "Agreement",
    "AgreementError",
    "ConfigurationError",
    "Mappings",
    "Problem",
    "SignedVersion",
    "agreement_tables",
    "load_agreement",
    "load_mappings",
]
