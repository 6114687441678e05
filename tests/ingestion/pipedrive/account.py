"""A simulated account of Pipedrive and the home that reads it, for the tests of the reader."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx

from ingestion.pipedrive import Fields, PipedriveApi, PipedriveConfig, run
from sandbox.server.pipedrive import view
from tests.ingestion.fakes import Home
from tests.support.sandbox import SandboxHandle

FIELDS = Fields(
    cnpj=view.CNPJ, cpf=view.CPF, rd_uuid=view.RD_UUID, erp_order=view.field_key("Pedido ERP"), rating=view.RATING,
    lead_reason=view.LEAD_REASON, parent_deal=view.PARENT,
)  # fmt: skip


class Account:
    """A sandbox and the home that reads it."""

    def __init__(self, box: SandboxHandle, home: Home) -> None:
        self.box, self.home = box, home
        self.given = box.credentials["pipedrive"]
        self.config = PipedriveConfig(
            token=self.given["token"], base_url=self.given["base_url"], token_url=self.given["base_url"] + "/oauth/token",
            fields=FIELDS, nobody=(str(self.given["user_id"]),), rare_minutes=0, slice_size=20,
        )  # fmt: skip
        self.requests = 0

    def load(self, transport: httpx.BaseTransport | None = None, **settings: Any) -> Any:
        self.home.clock.instant = self.box.now()
        ports, config = self.home.ports(), replace(self.config, **settings)
        api = PipedriveApi(config, ports, transport)
        try:
            return run(config, ports, self.home.target, api)
        finally:
            self.requests = api.requests
            api.close()

    def call(self, method: str, path: str, **options: Any) -> Any:
        """An authenticated call of the test's own; `path` below /api."""
        headers = {"x-api-token": self.given["token"]}
        answer = httpx.request(method, f"{self.given['base_url']}/api{path}", headers=headers, trust_env=False, **options)
        return answer.raise_for_status().json()["data"]

    @property
    def passages(self) -> list[view.Passage]:
        """What really is there."""
        assert self.box.app is not None
        return view.passages(self.box.app.sandbox)

    def last(self, table: str, key: str, columns: str) -> list[tuple[Any, ...]]:
        """The last row of each record that is not deleted, by key."""
        return self.home.query(
            f"select {key}, {columns} from (select *, row_number() over (partition by {key} order by load_seq desc, "
            f"row_seq desc) as n from raw_pipedrive.{table}) where n = 1 and not is_deleted order by {key}"
        )

    def visits(self, deal_id: str) -> list[tuple[Any, ...]]:
        """(stage, since) of the last history of a deal."""
        return self.home.query(
            f"select stage_id, strftime(start_at, '%Y-%m-%dT%H:%M:%SZ') from raw_pipedrive.deal_stage_visits where deal_id = '{deal_id}' "
            f"and load_seq = (select max(load_seq) from raw_pipedrive.deal_histories where deal_id = '{deal_id}') order by visit_id"
        )
