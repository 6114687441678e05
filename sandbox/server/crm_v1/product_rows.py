"""A product line of a deal, as v1 prints and takes it."""

from datetime import datetime
from typing import Any

from sandbox.server.crm_v1.deal_body import amount
from sandbox.server.times import brasilia


def product_row(sent: dict[str, Any], key: str, at: datetime, stored: dict[str, Any] | None = None) -> dict[str, Any]:
    """The printed line after a write; the total follows from price, amount and discount."""
    row = {**(stored or {}), **sent}
    price, number = float(row.get("price") or 0), float(row.get("amount") or 1)
    discount = float(row.get("discount") or 0)
    gross = price * number
    net = gross * (1 - discount / 100) if row.get("discount_type") in ("percent", "percentage") else gross - discount
    return {
        "_id": key,
        "amount": amount(number),
        "amount_decimal": number,
        "base_price": row.get("base_price") or amount(price),
        "created_at": (stored or {}).get("created_at") or brasilia(at),
        "description": row.get("description"),
        "discount": amount(discount),
        "discount_type": row.get("discount_type") or "value",
        "id": key,
        "name": row.get("name"),
        "price": amount(price),
        "product_id": row.get("product_id"),
        "recurrence": row.get("recurrence") or "spare",
        "total": amount(max(0.0, net)),
        "updated_at": brasilia(at),
    }
