"""Numbers that identify: CNPJ, CPF and phones, and the many ways in which people write a phone."""

import random

from sandbox.company.chance import pick


def check_digits(base: str, weights: tuple[tuple[int, ...], tuple[int, ...]]) -> str:
    """The two modulo-11 check digits of `base`; a character counts as its ASCII code minus 48."""
    for row in weights:
        rest = sum((ord(c) - 48) * w for c, w in zip(base, row, strict=True)) % 11
        base += "0" if rest < 2 else str(11 - rest)
    return base[-2:]


_CNPJ = ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
_CPF = (tuple(range(10, 1, -1)), tuple(range(11, 1, -1)))


def new_cnpj(rng: random.Random, order: int = 1) -> str:
    """A valid CNPJ of 14 characters; one in two hundred has letters in its root (given from July 2026 on)."""
    root = f"{rng.randrange(10_000_000, 99_999_999)}"
    if rng.random() < 0.005:
        root = root[:4] + "".join(rng.choice("ABCDEFGHJKLMNPRSTVWXYZ") for _ in range(4))
    base = f"{root}{order:04d}"
    return base + check_digits(base, _CNPJ)


def new_cpf(rng: random.Random) -> str:
    """A valid CPF of 11 digits."""
    base = f"{rng.randrange(100_000_000, 999_999_999)}"
    return base + check_digits(base, _CPF)


def mask_cnpj(cnpj: str) -> str:
    """XX.XXX.XXX/XXXX-XX."""
    return f"{cnpj[:2]}.{cnpj[2:5]}.{cnpj[5:8]}/{cnpj[8:12]}-{cnpj[12:]}"


def new_mobile(rng: random.Random) -> str:
    """Nine digits of a mobile subscriber (never a run of one digit, which would look like a placeholder)."""
    while True:
        number = f"9{rng.randrange(6, 10)}{rng.randrange(10_000_000):07d}"
        if len(set(number)) > 4:
            return number


def new_fixed(rng: random.Random) -> str:
    """Eight digits of a fixed line."""
    while True:
        number = f"{rng.randrange(2, 6)}{rng.randrange(10_000_000):07d}"
        if len(set(number)) > 3 and number[:3] not in ("300", "400"):
            return number


_USUAL = {"mask": 40, "digits": 22, "plus": 12, "plus_tight": 8}
_ODD = {
    "country": 6, "trunk": 4, "carrier": 2, "old_mask": 8, "old_digits": 5, "old_plus": 3, "spaces": 5, "xx": 2,
    "extension": 3, "double_zero": 2, "no_area": 5,
}  # fmt: skip


def write_phone(rng: random.Random, area: str, number: str, dirt: float) -> str:
    """One way of typing the phone; `dirt` moves weight from usual to odd ways. `no_area` loses the area code."""
    style = pick(rng, {**_USUAL, **{key: weight * dirt for key, weight in _ODD.items()}})
    head, tail = number[:-4], number[-4:]
    short = head[1:] if len(number) == 9 else head  # as it was written before the ninth digit
    return {
        "mask": f"({area}) {head}-{tail}",
        "digits": f"{area}{number}",
        "plus": f"+55 {area} {head}-{tail}",
        "plus_tight": f"+55{area}{number}",
        "country": f"55{area}{number}",
        "trunk": f"0{area}{number}",
        "carrier": f"0 15 {area} {head}-{tail}",
        "old_mask": f"({area}) {short}-{tail}",
        "old_digits": f"{area}{short}{tail}",
        "old_plus": f"+55{area} {short}-{tail}",
        "spaces": f"({area}) {head[0]} {head[1:]} {tail}",
        "xx": f"0xx{area} {head}-{tail}",
        "extension": f"({area}) {head}-{tail} ramal {rng.randrange(10, 99)}",
        "double_zero": f"0055 {area} {head}-{tail}",
        "no_area": f"{head}-{tail}",
    }[style]


USELESS_PHONES = ("(11) 99999-9999", "não tem", "0800 123 4567", "(00) 98765-4321", "4004-1234", "1234")


def mistype_email(rng: random.Random, email: str) -> str:
    """One typing error that keeps the address well formed."""
    local, domain = email.split("@")
    kind = rng.randrange(4)
    if kind == 0 and domain == "gmail.com":
        return f"{local}@{rng.choice(('gmial.com', 'gmail.com.br', 'gmai.com'))}"
    at = rng.randrange(1, max(2, len(local) - 1))
    if kind == 1:
        return f"{local[:at]}{local[at + 1:] or 'x'}@{domain}"
    if kind == 2:
        return f"{local[:at]}{local[at:at + 1]}{local[at:]}@{domain}"
    return f"{local[:at]}{local[at + 1:at + 2]}{local[at]}{local[at + 2:]}@{domain}" if at + 1 < len(local) else f"{local}s@{domain}"
