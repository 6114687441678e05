"""What sales and marketing cost beside media, and the margin of a month's sales: (sales, marketing, margin) by month.

Written down here a second time on purpose (profiles/demo/mappings/monthly_costs.yaml is the first), as all the company's facts
are. In the first month nobody had worked out the margin; of the month before nobody knows anything.
"""

from decimal import Decimal

_ROWS = (
    ("2025-07", "92400.00", "41250.00", None),
    ("2025-08", "92400.00", "41250.00", "0.34"),
    ("2025-09", "95800.50", "48900.00", "0.34"),
    ("2025-10", "95800.50", "43100.00", "0.35"),
    ("2025-11", "101350.00", "52780.90", "0.33"),
    ("2025-12", "118200.00", "44015.00", "0.33"),
    ("2026-01", "97600.00", "39980.00", "0.35"),
    ("2026-02", "97600.00", "42640.00", "0.36"),
    ("2026-03", "103900.00", "45500.00", "0.36"),
    ("2026-04", "103900.00", "45500.00", "0.36"),
    ("2026-05", "109275.25", "61330.40", "0.35"),
    ("2026-06", "109275.25", "46800.00", "0.36"),
)
MONTHLY_COSTS = {
    month: (Decimal(sales), Decimal(marketing), Decimal(margin) if margin else None)
    for month, sales, marketing, margin in _ROWS
}
