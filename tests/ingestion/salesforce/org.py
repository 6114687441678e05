"""A simulated Salesforce org and the home that reads it."""

from dataclasses import replace
from typing import Any

from ingestion.salesforce import Fields, SalesforceApi, SalesforceConfig, run
from tests.ingestion.fakes import Home
from tests.support.sandbox import SandboxHandle

WORLD = {"seed": 5, "leads": 130, "months": 3}
FIELDS = Fields(
    rd_uuid="RD_UUID__c", rating="Nota_do_Vendedor__c", lead_reason="Motivo_Desqualificacao__c",
    lost_reason="Motivo_da_Perda__c", amount_monthly="Valor_Mensal__c", erp_order="Pedido_ERP__c",
    parent="Oportunidade_Origem__c", marketing="Veio_do_RD_Station__c",
)  # fmt: skip


class Org:
    """The twin, and `load` as a run does it; `requests` are those of the last load."""

    def __init__(self, box: SandboxHandle, home: Home) -> None:
        self.box, self.home, self.requests = box, home, 0
        given = box.credentials["salesforce"]
        self.config = SalesforceConfig(
            box.url, given["client_id"], client_secret=given["client_secret"], fields=FIELDS, batch_size=200
        )

    def load(self, transport: Any = None, **settings: Any) -> Any:
        self.home.clock.instant = self.box.now()
        ports, config = self.home.ports(), replace(self.config, **settings)
        api = SalesforceApi(config, ports, transport)
        try:
            return run(config, ports, self.home.target, api)
        finally:
            self.requests = api.requests
            api.close()

    @property
    def company(self) -> Any:
        assert self.box.app is not None
        return self.box.app.sandbox

    def records(self, name: str) -> list[dict[str, Any]]:
        """What the twin holds of an object, deleted rows too, without those of an emptied bin."""
        from sandbox.server.salesforce.view import records, recycled

        return [row for row in records(self.company)[name] if not recycled(row, self.company.now())]

    def latest(self, table: str, key: str, columns: str) -> list[tuple[Any, ...]]:
        """The last row of each record."""
        return self.home.query(
            f"select {columns} from (select *, row_number() over (partition by {key} order by load_seq desc, row_seq desc) "
            f"as n from raw_salesforce.{table}) where n = 1 order by {key}"
        )
