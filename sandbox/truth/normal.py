"""Normal forms of e-mails, phones, CPF and CNPJ, written independently of the product (contracts/brazil.md 5 and 6)."""

import re

# Second digits in use after each first digit of the 67 area codes.
_DDD = {
    first * 10 + int(second)
    for first, seconds in enumerate(
        ["", "123456789", "12478", "1234578", "123456789", "1345", "123456789", "134579", "123456789", "123456789"]
    )
    for second in seconds
}
_CARRIERS = {"12", "14", "15", "21", "22", "23", "25", "31", "41", "43", "55", "65", "90", "99"}
# What sellers type when there is no address (kept short: only what the simulated company types).
_NO_ADDRESS = {"naotem", "nao.tem", "nao_tem", "naopossui", "sememail", "sem.email", "naoinformado"}


def email(raw: str | None) -> str | None:
    """The address in lower case, or None when it is no address or stands for "none"."""
    text = (raw or "").strip().lower()
    if text.count("@") != 1:
        return None
    local, domain = text.split("@")
    atoms, labels = local.split("."), domain.split(".")
    if not all(re.fullmatch(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+", atom) for atom in atoms) or len(local) > 64:
        return None
    if len(labels) < 2 or not re.fullmatch(r"[a-z]{2,24}", labels[-1]):
        return None
    if not all(re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", label) for label in labels):
        return None
    return None if local in _NO_ADDRESS else text


def phone(raw: str | None, default_ddd: str = "") -> tuple[str | None, str]:
    """(E.164 or None, reason). The reason is empty when the number may stand for a person.

    toll_free and shared_or_premium numbers are valid but nobody's; placeholder_suspect keeps its E.164.
    """
    text = (raw or "").strip()
    if not text:
        return None, "empty"
    text = re.sub(r"(?i)\s*(ramal|rm|ext\.?|r\.|r|x|#)\s*[:.]?\s*\d{1,6}$", "", text)
    digits = "".join(c for c in text if c in "0123456789")
    if not digits:
        return None, "no_digits"
    if text.lstrip(" (").startswith("+") or (digits[:2] == "00" and len(digits) >= 12):
        if digits[:2] == "00":
            digits = digits[2:]
        if digits[:2] != "55":
            return f"+{digits}", "foreign"
        digits = digits[2:]
    elif len(digits) in (12, 13) and digits[:2] == "55":
        digits = digits[2:]
    elif re.match(r"0\s*[xX]{2}", text):
        digits = digits[1:]
    return _brazilian(digits, default_ddd)


def _brazilian(digits: str, default_ddd: str) -> tuple[str | None, str]:
    """National digits, with whatever trunk zero and carrier code people dial."""
    if re.fullmatch(r"0800\d{6,7}", digits):
        return f"+55{digits[1:]}", "toll_free"
    if re.fullmatch(r"0[359]00\d{6,7}", digits):
        return f"+55{digits[1:]}", "shared_or_premium"
    if re.fullmatch(r"[34]00\d{5}", digits):
        return f"+55{digits}", "shared_or_premium"
    if digits[:1] == "0" and digits[:2] != "00":
        digits = digits[1:]
        if len(digits) in (12, 13) and digits[:2] in _CARRIERS and int(digits[2:4]) in _DDD:
            digits = digits[2:]
    if len(digits) in (8, 9):
        if not default_ddd:
            return None, "missing_area_code"
        digits = default_ddd + digits
    if len(digits) not in (10, 11):
        return None, "bad_length"
    ddd, number = digits[:2], digits[2:]
    if int(ddd) not in _DDD:
        return None, "unknown_area_code"
    if len(number) == 9 and number[0] != "9":
        return None, "nine_digits_not_starting_with_9"
    if len(number) == 8:
        if number[0] in "01":
            return None, "bad_first_digit"
        if number[0] == "9" or number[0] in "678":
            number = f"9{number}"
    same = len(set(number[-8:])) == 1
    return f"+55{ddd}{number}", "placeholder_suspect" if same else ""


def phone_key(raw: str | None) -> str | None:
    """Area code and last eight digits of a number that may stand for a person; the whole number when foreign."""
    e164, reason = phone(raw)
    if e164 is None or reason not in ("", "foreign"):
        return None
    return e164 if reason == "foreign" else e164[3:5] + e164[-8:]


def cpf(raw: str | None) -> str | None:
    """Eleven digits with right check digits; one repeated digit is nobody."""
    text = re.sub(r"[ .\-/]", "", raw or "")
    if not re.fullmatch(r"[0-9]{11}", text) or len(set(text)) == 1:
        return None
    for length in (9, 10):
        total = sum(int(d) * (length + 1 - n) for n, d in enumerate(text[:length]))
        if int(text[length]) != (total * 10) % 11 % 10:
            return None
    return text


def cnpj(raw: str | None) -> str | None:
    """Fourteen characters, letters allowed in the first twelve, right check digits."""
    text = re.sub(r"[ .\-/]", "", raw or "").upper()
    if not re.fullmatch(r"[0-9A-Z]{12}[0-9]{2}", text) or set(text) == {"0"}:
        return None
    for length in (12, 13):
        total = sum((ord(c) - 48) * (2 + n % 8) for n, c in enumerate(reversed(text[:length])))
        digit = 11 - total % 11
        if int(text[length]) != (0 if digit > 9 else digit):
            return None
    return text
