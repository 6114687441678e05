"""E-mail addresses: trimmed, lower case, valid, and not one of those that people invent to pass a form."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Practical subset of RFC 5321/5322: no quoted local parts, no address literals; the domain needs a letter TLD.
_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_TOP = r"[a-z]{2,24}|xn--[a-z0-9-]{0,58}[a-z0-9]"
_ADDRESS = re.compile(rf"({_LOCAL})@((?:{_LABEL}\.)+(?:{_TOP}))")
_WRAPPED = re.compile(r"^(?:mailto:|[<\s])+|[>;,\s]+$")

_PLACEHOLDER_ADDRESSES = """
    teste@teste.com teste@teste.com.br test@test.com nao@tem.com nao@tem.com.br naotem@naotem.com
    naotem@naotem.com.br naotem@email.com naotem@gmail.com naotem@hotmail.com naopossui@naopossui.com
    naopossui@email.com naopossui@gmail.com nao@nao.com nao@nao.com.br sememail@sememail.com
    sememail@gmail.com sem@email.com sem@email.com.br email@email.com email@email.com.br email@teste.com
    a@a.com a@a.com.br aa@aa.com aaa@aaa.com abc@abc.com x@x.com xx@xx.com xxx@xxx.com asdf@asdf.com
    teste@gmail.com teste@hotmail.com teste@email.com teste@example.com fulano@fulano.com
    cliente@cliente.com contato@contato.com nome@email.com nome@empresa.com.br seuemail@email.com
    exemplo@exemplo.com exemplo@exemplo.com.br exemplo@email.com noreply@noreply.com
"""
PLACEHOLDER_ADDRESSES = frozenset(_PLACEHOLDER_ADDRESSES.split())
_PLACEHOLDER_LOCALS = """
    naotem nao.tem nao_tem naopossui nao.possui sememail sem.email naoinformado
"""
PLACEHOLDER_LOCALS = frozenset(_PLACEHOLDER_LOCALS.split())
# Domains that RFC 2606 and 6761 reserve: nobody receives mail there.
RESERVED_DOMAINS = ("example.com", "example.org", "example.net", "localhost", "test", "invalid", "example")
_BELOW_RESERVED = tuple(f".{reserved}" for reserved in RESERVED_DOMAINS)

_FREE_MAIL_DOMAINS = """
    gmail.com googlemail.com hotmail.com hotmail.com.br outlook.com outlook.com.br live.com msn.com
    yahoo.com yahoo.com.br ymail.com icloud.com me.com mac.com aol.com protonmail.com proton.me gmx.com
    zoho.com uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com r7.com oi.com.br
    zipmail.com.br superig.com.br pop.com.br itelefonica.com.br onda.com.br veloxmail.com.br
    brturbo.com.br
"""
FREE_MAIL_DOMAINS = frozenset(_FREE_MAIL_DOMAINS.split())


@dataclass(frozen=True)
class Email:
    """`value` is None when refused and `reason` says why; `is_free` marks domains that name no company."""

    value: str | None
    reason: str | None = None
    domain: str | None = None
    is_free: bool = False


def normalize_email(raw: str | None) -> Email:
    """One address as typed. Reasons: empty, bad_format, placeholder.

    Lower case on both sides of the @: mail systems that tell cases apart are not met, people who type both are.
    Blanks inside are not repaired: joining the words would be a guess at another person's address.
    """
    text = (raw or "").lower()
    found = _ADDRESS.fullmatch(text)
    if found is None:
        text = _WRAPPED.sub("", (raw or "").strip()).strip().lower()
        if not text:
            return Email(None, "empty")
        found = _ADDRESS.fullmatch(text)
    if found is None or len(found[1]) > 64 or len(found[2]) > 253:
        return Email(None, "bad_format")
    local, domain = found.groups()
    if is_placeholder(local, domain):
        return Email(None, "placeholder")
    return Email(text, None, domain, domain in FREE_MAIL_DOMAINS)


def is_placeholder(local: str, domain: str) -> bool:
    """True for addresses that stand for "no address"."""
    if f"{local}@{domain}" in PLACEHOLDER_ADDRESSES or local in PLACEHOLDER_LOCALS:
        return True
    return domain in RESERVED_DOMAINS or domain.endswith(_BELOW_RESERVED)


def corporate_domain(email: Email) -> str | None:
    """The domain that names a company, None for free mail and refused addresses."""
    return None if email.domain is None or email.is_free else email.domain
