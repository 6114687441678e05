"""The ERP is consistent: invoices, returns, balances, contracts, padded columns."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sandbox.world import World

Rows = dict[str, dict[int, dict[str, Any]]]


def test_every_row_has_every_column_at_its_width(world: World) -> None:
    columns = {
        t["physical"]: world.reference["erp_columns"][t["alias"]] for t in world.reference["erp_tables"]
    }
    for event in world.events:
        if event.kind != "erp.upsert":
            continue
        if event.data["recno"] % 3:
            continue
        row, spec = event.data["row"], columns[event.data["table"]]
        assert list(row) == [c["column"] for c in spec]
        for column in spec:
            value = row[column["column"]]
            if column["type"] == "N":
                assert isinstance(value, Decimal)
            elif column["type"] in "CD":
                assert len(value) == column["width"], (event.data["table"], column["column"], value)
            if column["type"] == "D" and value.strip():
                datetime.strptime(value, "%Y%m%d")


def test_record_numbers_grow_with_time(world: World) -> None:
    born: dict[str, dict[int, datetime]] = defaultdict(dict)
    for event in world.events:
        if event.kind == "erp.upsert":
            born[event.data["table"]].setdefault(event.data["recno"], event.at)
    for instants in born.values():
        in_order = [at for _, at in sorted(instants.items())]
        # Two transactions of the same minute may interleave; beyond that the numbers rise with time.
        assert all(
            later - sooner > timedelta(seconds=-60)
            for sooner, later in pairwise(in_order)
        )


def _text(row: dict[str, Any], *columns: str) -> tuple[str, ...]:
    return tuple(str(row[c]).strip() for c in columns)


def test_invoices_add_up(live_rows: Rows) -> None:
    items: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    delivered: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in live_rows["SD2010"].values():
        items[_text(row, "D2_FILIAL", "D2_DOC", "D2_SERIE", "D2_CLIENTE", "D2_LOJA")] += row["D2_TOTAL"]
        delivered[_text(row, "D2_FILIAL", "D2_PEDIDO", "D2_ITEMPV")] += row["D2_QUANT"]
        assert row["D2_TOTAL"] == row["D2_QUANT"] * row["D2_PRCVEN"]
    headers = {
        _text(row, "F2_FILIAL", "F2_DOC", "F2_SERIE", "F2_CLIENTE", "F2_LOJA"): row["F2_VALMERC"]
        for row in live_rows["SF2010"].values()
    }
    assert headers == items
    for row in live_rows["SC6010"].values():
        key = _text(row, "C6_FILIAL", "C6_NUM", "C6_ITEM")
        assert row["C6_QTDENT"] == delivered.get(key, 0), key
        assert row["C6_QTDENT"] <= row["C6_QTDVEN"]


def test_returns_point_to_what_was_sold(live_rows: Rows) -> None:
    sold = {
        _text(r, "D2_FILIAL", "D2_DOC", "D2_SERIE", "D2_ITEM", "D2_CLIENTE", "D2_LOJA"): r
        for r in live_rows["SD2010"].values()
    }
    for row in [r for r in live_rows["SD1010"].values() if r["D1_TIPO"] == "D"]:
        names = ("D1_FILIAL", "D1_NFORI", "D1_SERIORI", "D1_ITEMORI", "D1_FORNECE", "D1_LOJA")
        original = sold[_text(row, *names)]
        assert original["D2_VALDEV"] == row["D1_TOTAL"] <= original["D2_TOTAL"]


def test_balances_are_value_minus_live_settlements(live_rows: Rows) -> None:
    key = ("FILIAL", "PREFIXO", "NUMERO", "PARCELA", "TIPO", "CLIFOR", "LOJA")
    undone = {
        _text(r, *(f"E5_{c}" for c in (*key, "SEQ")))
        for r in live_rows["SE5010"].values()
        if r["E5_TIPODOC"] == "ES"
    }
    paid: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in live_rows["SE5010"].values():
        if row["E5_TIPODOC"] in ("VL", "BA") and row["E5_SITUACA"] != "C":
            full = _text(row, *(f"E5_{c}" for c in (*key, "SEQ")))
            if full not in undone:
                principal = row["E5_VALOR"] - row["E5_VLJUROS"] - row["E5_VLMULTA"] + row["E5_VLDESCO"]
                paid[full[:-1]] += principal
    for row in live_rows["SE1010"].values():
        title = _text(
            row, "E1_FILIAL", "E1_PREFIXO", "E1_NUM", "E1_PARCELA", "E1_TIPO", "E1_CLIENTE", "E1_LOJA"
        )
        assert row["E1_SALDO"] == row["E1_VALOR"] - paid.get(title, 0), title
        assert row["E1_SALDO"] >= 0


def test_all_three_reversals_occur(world: World, live_rows: Rows) -> None:
    flagged = [r for r in live_rows["SE5010"].values() if r["E5_SITUACA"] == "C"]
    rows = [r for r in live_rows["SE5010"].values() if r["E5_TIPODOC"] == "ES"]
    deleted = [e for e in world.events if e.kind == "erp.delete" and e.data["table"] == "SE5010"]
    undone = [r for r in live_rows["FK1010"].values() if r["FK1_TPDOC"] == "ES"]
    assert flagged and rows and deleted
    assert len(undone) == len(flagged) + len(rows) + len(deleted)


def test_a_title_is_found_by_its_key_map(live_rows: Rows) -> None:
    keys = {row["FK7_CHAVE"].rstrip() for row in live_rows["FK7010"].values()}
    columns = ("E1_FILIAL", "E1_PREFIXO", "E1_NUM", "E1_PARCELA", "E1_TIPO", "E1_CLIENTE", "E1_LOJA")
    assert {"|".join(row[c] for c in columns) for row in live_rows["SE1010"].values()} == keys


def test_contracts_have_one_current_revision(live_rows: Rows) -> None:
    current = Counter(
        _text(r, "CN9_FILIAL", "CN9_NUMERO")
        for r in live_rows["CN9010"].values()
        if not r["CN9_REVATU"].strip()
    )
    assert set(current.values()) == {1}
    states = Counter(r["CN9_SITUAC"] for r in live_rows["CN9010"].values())
    assert (
        states["05"] > 50 and states["10"] > 10 and states["01"] + states["08"] > 5
    )  # in force, upsell, churn


def test_what_is_no_revenue_exists(world: World, live_rows: Rows) -> None:
    assert any(r["D2_TES"] == "502" for r in live_rows["SD2010"].values())  # loans
    assert any(r["D2_TIPO"] == "C" for r in live_rows["SD2010"].values())  # complements
    assert {"D", "B"} <= {r["D2_TIPO"] for r in live_rows["SD2010"].values()}  # suppliers
    assert any(r["D1_TIPO"] == "N" for r in live_rows["SD1010"].values())  # purchases
    cancelled = [e for e in world.events if e.kind == "erp.delete" and e.data["table"] == "SF2010"]
    assert cancelled and any(e.kind == "erp.pack" for e in world.events)
    unstamped = sum(e.kind == "erp.upsert" and e.data.get("stamp") is False for e in world.events)
    assert unstamped > 1000


def test_most_won_deals_name_their_order(world: World, live_rows: Rows) -> None:
    orders = {"-".join(_text(r, "C5_FILIAL", "C5_NUM")) for r in live_rows["SC5010"].values()}
    noted = [
        e.data["custom"]["Pedido ERP"]
        for e in world.events
        if e.kind == "crm.deal_updated" and "custom" in e.data
    ]
    assert len(noted) > 250
    assert 0.9 < sum(text in orders for text in noted) / len(noted) < 1.0
