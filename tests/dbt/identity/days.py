"""Days of a small company whose records, decisions and loads change at random, and identity built of them day by day.

Two warehouses get the same raw rows: one goes on from yesterday's build, the other one is built anew each day. Values are
few and a value may stand on two records only, so that guards are crossed in both directions all the time.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.dbt.raw_fixture import PROJECT, Raw, closed_after, environment, parsed

MODELS = ("+int_people", "fct_identity_links", "dim_person_ids", "int_identity_state")
# Numbers of records may differ between two builds (they are inside matters): tables are compared by what they stand for.
TABLES = {
    "nodes": "select node, source_system, source_id, first_seen_at, is_deleted, first_load_seq, state, legal_status, last_conversion_at,"
    " row_number() over (order by node_no) as place from intermediate.int_identity_nodes",
    "identifiers": "select n.node, i.kind, i.identifier, i.refusal_reason from intermediate.int_identity_identifiers i"
    " left join intermediate.int_identity_nodes n on i.node_no = n.node_no",
    "links": "select n.node, o.node, l.rule, l.identifier, l.records, l.strength, l.refusal_reason from intermediate.int_identity_links l"
    " left join intermediate.int_identity_nodes n on l.node_no = n.node_no left join intermediate.int_identity_nodes o on l.other_no = o.node_no",
    "edges": "select n.node, o.node, e.strength from intermediate.int_identity_edges e"
    " left join intermediate.int_identity_nodes n on e.node_no = n.node_no left join intermediate.int_identity_nodes o on e.other_no = o.node_no",
    "labels": "select n.node, o.node from intermediate.int_identity_labels l"
    " left join intermediate.int_identity_nodes n on l.node_no = n.node_no left join intermediate.int_identity_nodes o on l.label = o.node_no",
    "seeds": "select n.node, o.node, c.node, s.cause from intermediate.int_identity_seeds s"
    " left join intermediate.int_identity_nodes n on s.node_no = n.node_no left join intermediate.int_identity_nodes o on s.label = o.node_no"
    " left join intermediate.int_identity_nodes c on s.colour = c.node_no",
    "people of records": "select node, person_id, source_system, source_id from intermediate.int_person_nodes",
    "people": "select p.person_id, n.node, p.first_seen_at, p.rd_contacts, p.crm_contacts, p.erp_customers, p.state, p.main_rd_contact_uuid,"
    " p.consent_status, p.is_deleted from intermediate.int_people p left join intermediate.int_identity_nodes n on p.first_record_no = n.node_no",
    "links told": "select * from marts.fct_identity_links",
    "ids": "select * from marts.dim_person_ids",
}  # fmt: skip


@dataclass
class Days:
    """What happens in a company of a dozen records; each `next()` gives the raw rows of one day."""

    random: random.Random
    crm: str = "rd_station_crm"
    number: int = 0
    rows: int = 0
    merges: dict[str, str] = field(default_factory=dict)
    splits: list[tuple[int, str, str]] = field(default_factory=list)

    def next(self, changes: int) -> Raw:
        """The rows of the next day: so many changes, now and then in a load that is older than yesterday's."""
        self.number += 1
        raw = Raw(agreement=self.number == 1)
        raw.count = self.rows
        for _ in range(changes):
            late = self.number > 1 and self.random.random() < 0.15
            getattr(self, "_" + self.random.choice(_KINDS))(raw, 10 * self.number - (10 if late else 0) + self.random.randint(0, 3))
        self.rows = raw.count
        return raw

    @property
    def variables(self) -> dict[str, Any]:
        """dbt's, as of the evening of the day."""
        return {"as_of": f"2026-03-{self.number:02} 21:00:00", "known_at": 10 * self.number + 5, "identity_max_records": 2, "identity_day_share": 1}

    def _some(self, prefix: str, most: int = 6) -> str:
        return f"{prefix}{self.random.randint(1, most)}"

    def _identifiers(self, raw: Raw, system: str, table: str, load_seq: int, **owner: str | None) -> None:
        for position in range(self.random.randint(0, 3)):
            kind = self.random.choice(["email", "email", "phone", "landline", "cpf"])
            values = {
                "email": ["a@um.com.br", "b@um.com.br", "c@dois.com.br", "contato@um.com.br", None],
                "phone": ["+5511987654321", "+5511987654322", "+351912345678"],
                "landline": ["+551133334444", "+551133335555"],
                "cpf": ["52998224725", "11144477735", "39053344705"],
            }[kind]
            value = self.random.choice(values)
            kind = "phone" if kind == "landline" else kind
            reason = "placeholder" if self.random.random() < 0.1 else None
            raw.add(system, table, load_seq, kind=kind, value=value, reject_reason=reason, position=position, **owner)

    def _instant(self) -> str:
        return f"2026-03-{min(28, max(1, self.number + self.random.randint(-3, 2))):02} 1{self.random.randint(0, 9)}:00:00"

    def _contact(self, raw: Raw, load_seq: int) -> None:
        uuid = self._some("u")
        gone = self.random.random() < 0.15
        created = None if gone else f"2026-01-0{self.random.randint(1, 3)} 10:00:00"
        raw.add("rd_station", "contacts", load_seq, contact_uuid=uuid, created_at=created, is_deleted=gone,
                state=None if gone else self.random.choice(["SP", "PR"]), legal_category=None if gone else "communications",
                legal_status=None if gone else self.random.choice(["granted", "declined", None]))  # fmt: skip
        if not gone:
            self._identifiers(raw, "rd_station", "contact_identifiers", load_seq, contact_uuid=uuid)

    def _crm_contact(self, raw: Raw, load_seq: int) -> None:
        contact_id = self._some("c")
        uuid = self._some("u") if self.random.random() < 0.4 else None
        gone = self.random.random() < 0.15
        became = {"converted_to": self.random.choice([None, None, self._some("c")])} if self.crm == "salesforce" else {}
        raw.add(self.crm, "contacts", load_seq, contact_id=contact_id, integration_id=uuid, created_at="2026-01-04 10:00:00", is_deleted=gone, **became)
        if not gone:
            self._identifiers(raw, self.crm, "contact_identifiers", load_seq, contact_id=contact_id)

    def _deal(self, raw: Raw, load_seq: int) -> None:
        getattr(self, f"_deal_of_{self.crm}")(raw, load_seq, self._some("d", 3), self._some("l", 3))

    def _deal_of_hubspot(self, raw: Raw, load_seq: int, deal_id: str, lead_id: str) -> None:
        gone = self.random.random() < 0.15
        raw.add("hubspot", "leads", load_seq, lead_id=lead_id, deal_id=self.random.choice([None, deal_id]), created_at=self._instant(), is_deleted=gone)
        raw.add("hubspot", "deals", load_seq, deal_id=deal_id, created_at=self._instant(), is_deleted=self.random.random() < 0.15)
        raw.add("hubspot", "lead_contacts", load_seq, lead_id=lead_id, contact_id=self._some("c", 9), position=0)
        raw.add("hubspot", "deal_contacts", load_seq, deal_id=deal_id, contact_id=self._some("c", 9), position=0)
        if self.random.random() < 0.3:
            raw.add("hubspot", "contacts", load_seq, contact_id=self._some("c"), is_deleted=True, merged_into=self._some("c", 9))

    def _deal_of_pipedrive(self, raw: Raw, load_seq: int, deal_id: str, lead_id: str) -> None:
        person_id, source = self.random.choice([None, self._some("c", 9)]), self.random.choice([None, lead_id])
        raw.add("pipedrive", "deals", load_seq, deal_id=deal_id, person_id=person_id, source_lead_id=source, created_at=self._instant(),
                is_deleted=self.random.random() < 0.15)  # fmt: skip
        raw.add("pipedrive", "leads", load_seq, lead_id=lead_id, person_id=self._some("c", 9), created_at=self._instant(), is_deleted=False)

    def _deal_of_salesforce(self, raw: Raw, load_seq: int, deal_id: str, lead_id: str) -> None:
        converted = {"is_converted": True, "converted_opportunity_id": deal_id, "converted_contact_id": self._some("c", 9)}
        raw.add("salesforce", "leads", load_seq, lead_id=self._some("c", 9), created_at=self._instant(),
                **(converted if self.random.random() < 0.5 else {"is_converted": False}))  # fmt: skip
        raw.add("salesforce", "opportunities", load_seq, opportunity_id=deal_id, created_at=self._instant())
        raw.add("salesforce", "opportunity_contact_roles", load_seq, role_id=self._some("r", 4), opportunity_id=deal_id, contact_id=self._some("c", 9),
                is_primary=True, created_at=self._instant(), is_deleted=self.random.random() < 0.2)  # fmt: skip

    def _deal_of_rd_station_crm(self, raw: Raw, load_seq: int, deal_id: str, lead_id: str) -> None:
        raw.add("rd_station_crm", "deals", load_seq, deal_id=deal_id, created_at="2026-01-05 10:00:00", status="ongoing", observed_at=self._instant())
        for position, contact in enumerate(self.random.sample(range(1, 9), self.random.randint(0, 2))):
            raw.add("rd_station_crm", "deal_contacts", load_seq, deal_id=deal_id, contact_id=f"c{contact}", position=position)

    def _customer(self, raw: Raw, load_seq: int) -> None:
        recno = self.random.randint(1, 4)
        code = str(recno if self.random.random() < 0.9 else recno + 1)
        raw.add("protheus", "sa1", load_seq, company_group="01", recno=recno, is_deleted=self.random.random() < 0.15, a1_cod=code, a1_loja="01",
                a1_pessoa=self.random.choice(["F", "J"]))  # fmt: skip
        if self.random.random() < 0.5:
            self._identifiers(raw, "protheus", "customer_identifiers", load_seq, company_group="01", customer_code=code, store="01")

    def _conversion(self, raw: Raw, load_seq: int) -> None:
        uuid, at, kind = self._some("u", 8), self._instant(), self.random.choice(["CONVERSION", "OPPORTUNITY"])
        raw.add("rd_station", "conversions", load_seq, contact_uuid=uuid, event_type=kind, event_identifier="form", occurred_at=at,
                event_key=f"{uuid}|{kind}|{at}")  # fmt: skip

    def _funnel(self, raw: Raw, load_seq: int) -> None:
        raw.add("rd_station", "funnels", load_seq, contact_uuid=self._some("u", 8), lifecycle_stage="Lead", observed_at=self._instant())

    def _event(self, raw: Raw, load_seq: int) -> None:
        raw.add("inbox", "events", load_seq, system="rd_station", event_key=self._some("e", 4), event_type="WEBHOOK.CONVERTED",
                occurred_at=self._instant(), contact_uuid=self.random.choice([None, self._some("u", 9)]))  # fmt: skip

    def _list(self, raw: Raw, load_seq: int) -> None:
        uuid = self.random.choice([self._some("u", 9), "list:1"])
        raw.add("files", "rd_station_contacts", load_seq, contact_uuid=uuid, created_at="2026-01-06 10:00:00", observed_at=self._instant(),
                is_alias=uuid == "list:1", first_conversion_at=self._instant())  # fmt: skip
        self._identifiers(raw, "files", "rd_station_identifiers", load_seq, contact_uuid=uuid)

    def _handoff(self, raw: Raw, load_seq: int) -> None:
        raw.add("files", "handoffs", load_seq, handoff_key=self._some("h", 3), person_key=self.random.choice([None, "k1", "k2"]), mql_at=self._instant())

    def _decision(self, raw: Raw, load_seq: int) -> None:
        record = lambda: self.random.choice([self._some("rd:u", 7), self._some("crm:c", 7), "erp:01::1:01"])  # noqa: E731
        if self.random.random() < 0.5:
            one, other = record(), record()
            group = min(one, other)
            self.merges = {} if self.random.random() < 0.3 else {**self.merges, one: group, other: group}
        else:
            one, other = record(), record()
            self.splits = [] if one == other or self.random.random() < 0.3 else [*self.splits[-1:], (self.number, one, one), (self.number, other, other)]
        # The agreement is replaced as one load.
        raw.add("agreement", "versions", 10 * self.number + 4, agreement_version="v1", effective_from="2025-01-01 03:00:00")
        for table in ("identity_merges", "identity_splits"):
            raw.rows.pop(("raw_agreement", table), None)
        for node, group in self.merges.items():
            raw.add("agreement", "identity_merges", 10 * self.number + 4, node=node, merge_group=group)
        for split_no, node, party in self.splits:
            raw.add("agreement", "identity_splits", 10 * self.number + 4, split_no=split_no, node=node, party=party)


_KINDS = ("contact", "contact", "contact", "crm_contact", "crm_contact", "deal", "customer", "conversion", "funnel", "event", "decision", "list", "handoff")


class Builder:
    """Runs the models of identity in this process; the project is parsed once, as orchestration/dbt_runner.py does."""

    def __init__(self, home: Path, target: str = "duckdb", **env: str) -> None:
        self._home, self._target = home, target
        self._env = {"BASTAO_DBT_DUCKDB_PATH": "warehouse.duckdb", **env}
        where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target", target, "--log-level", "none"]
        self._where = [*where, "--target-path", str(home / f"days-{target}"), "--log-path", str(home / "logs")]
        self._parse()

    def build(
        self, variables: dict[str, Any], code: str = "", database: Path | None = None, models: Sequence[str] = MODELS, **env: str
    ) -> Any:
        """Build identity; `code` as orchestration gives it: without one the build is a whole one, and the next too."""
        command = ["run", "--select", *models, "--vars", json.dumps({**variables, "identity_code": code})]
        if database is not None:
            env["BASTAO_DBT_DUCKDB_PATH"] = str(database)
        return self._invoke(command, self._parse(), env)

    def _parse(self) -> Any:
        # dbt compiles into what it parsed: each build gets its own, which is read from the last one's in a moment.
        return parsed(self._home, self._env) if self._target == "duckdb" else self._invoke(["parse"], None, {})

    def _invoke(self, command: list[str], manifest: Any, env: dict[str, str]) -> Any:
        from dbt.cli.main import dbtRunner

        with environment({**self._env, **env}), closed_after():
            result = dbtRunner(manifest=manifest).invoke([*command, *self._where])
        if not result.success:
            raise AssertionError(result.exception or [f"{one.node.name}: {one.message}" for one in result.result if one.status == "error"])
        return result.result


def tables(connection: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of identity, its rows in order."""
    return {name: sorted(connection.execute(query).fetchall(), key=repr) for name, query in TABLES.items()}
