"""Every word the page shows, in pt-BR (default) and en. Terms follow the agreement's glossary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

_TEXTS: Mapping[str, tuple[str, str]] = {  # key -> (pt-BR, en)
    "title": ("Passagem de bastão", "The hand-over"),
    "subtitle": (
        "Marketing e vendas olham os mesmos números, julgados pelo mesmo acordo.",
        "Marketing and sales look at the same figures, judged by the same agreement.",
    ),
    "as_of": ("Dados até {as_of}", "Data up to {as_of}"),
    "empty": (
        "Ainda não há nada publicado. Rode `bastao run` (ou `make demo`) e recarregue a página.",
        "Nothing is published yet. Run `bastao run` (or `make demo`) and reload the page.",
    ),
    "no_rows": ("Nada a mostrar neste recorte.", "Nothing to show for this selection."),
    "channel": ("Canal", "Channel"),
    "channel_paid_search": ("Busca paga", "Paid search"),
    "channel_organic_search": ("Busca orgânica", "Organic search"),
    "channel_paid_social": ("Social pago", "Paid social"),
    "channel_organic_social": ("Social orgânico", "Organic social"),
    "channel_email": ("E-mail", "E-mail"),
    "channel_referral": ("Indicação", "Referral"),
    "channel_direct": ("Direto", "Direct"),
    "channel_event": ("Evento", "Event"),
    "channel_partner": ("Parceiro", "Partner"),
    "channel_unmapped": ("Sem mapeamento", "Not mapped"),
    "channel_unknown": ("Desconhecido", "Unknown"),
    "all_channels": ("Todos os canais", "All channels"),
    "period": ("Mês de entrada", "Cohort month"),
    "all_periods": ("Todos os meses", "All months"),
    "week": ("Semana", "Week"),
    "month": ("Mês", "Month"),
    # headline metrics
    "headline": ("Indicadores contra as metas", "Headline metrics against their targets"),
    "headline_help": (
        "Último mês maduro de cada indicador, contra a meta do acordo em vigor. n = tamanho da amostra.",
        "Last mature month of each metric against the target of the agreement in force. n = sample size.",
    ),
    "target": ("meta {value}", "target {value}"),
    "sample": ("n = {n}", "n = {n}"),
    "within_chance": ("amostra pequena demais para ter certeza", "sample too small to be sure"),
    "status_met": ("na meta", "on target"),
    "status_missed": ("fora da meta", "off target"),
    "status_immature": ("ainda em formação", "still maturing"),
    "status_not_judgeable": ("não dá para julgar", "cannot be judged"),
    # warning signs
    "signs": ("Sinais de que o acordo está quebrado", "Signs that the agreement is broken"),
    "signs_help": (
        "O acordo diz a partir de que número as duas áreas se reúnem. «Alerta»: acima dele além do acaso (95 %);"
        " «atenção»: acima, mas com tão poucos casos pode ser acaso.",
        "The agreement says from which figure on both areas meet. “Alert”: above it beyond chance (95 %); “watch”: above it,"
        " but with so few cases it may be chance.",
    ),
    "no_signs": ("Nenhum sinal em {month}.", "No sign in {month}."),
    "seen": ("{value} em {month} (n = {n})", "{value} in {month} (n = {n})"),
    "sellers_too": ("vendedores em alerta: {n}", "sellers in alert: {n}"),
    "severity_alert": ("alerta", "alert"),
    "severity_watch": ("atenção", "watch"),
    "severity_quiet": ("só em vendedores", "in sellers only"),
    # shared goals
    "goals": ("Metas em comum", "Shared goals"),
    "goals_help": (
        "O que as duas áreas prometeram alcançar juntas no mês, quanto cada uma trouxe (marketing: o que passou pelo bastão; vendas:"
        " o resto) e quanto do bônus acordado o mês rendeu.",
        "What both areas promised to reach together in a month, what each one brought (marketing: what came through a hand-over;"
        " sales: the rest) and how much of the agreed bonus the month earned.",
    ),
    "bonus": ("Bônus do mês (parte do variável)", "Bonus of the month (share of variable pay)"),
    # funnel
    "funnel": ("O funil", "The funnel"),
    "funnel_help": (
        "Quantas passagens chegaram a cada etapa (ou além dela), na cor da área que responde por ela. «Pularam» é quem avançou sem"
        " registrar a etapa. Renovação e expansão são parcelas dos clientes.",
        "How many hand-overs reached each stage (or went beyond it), in the colour of the area that answers for it. “Skipped” went"
        " on without recording the stage. Renewals and expansions are shares of the customers.",
    ),
    "reached": ("Chegaram", "Reached"),
    "skipped": ("Pularam a etapa", "Skipped the stage"),
    "conversion": ("Conversão da etapa anterior", "Conversion from the stage before"),
    "median_days": ("Dias (mediana)", "Days (median)"),
    "stage_lead": ("Lead", "Lead"),
    "stage_mql": ("MQL", "MQL"),
    "stage_accepted": ("Aceito", "Accepted"),
    "stage_sql": ("SQL", "SQL"),
    "stage_opportunity": ("Oportunidade", "Opportunity"),
    "stage_proposal": ("Proposta", "Proposal"),
    "stage_customer": ("Cliente", "Customer"),
    "stage_renewal": ("Renovação", "Renewal"),
    "stage_expansion": ("Expansão", "Expansion"),
    "answers": ("Quem responde", "Who answers for it"),
    "area_marketing": ("Marketing", "Marketing"),
    "area_sales": ("Vendas", "Sales"),
    "area_both": ("As duas áreas", "Both areas"),
    "area_customer_success": ("Sucesso do cliente", "Customer success"),
    # SLA
    "sla": ("Cumprimento do acordo", "Compliance with the agreement"),
    "sla_help": (
        "Últimas 26 semanas. Cada passagem (e cada mês) é julgada pela versão do acordo em vigor no dia. O que não dá para"
        " julgar aparece, nunca some.",
        "The last 26 weeks. Each hand-over (and each month) is judged by the version in force that day. What cannot be judged"
        " is shown, never dropped.",
    ),
    "owes_marketing": ("O que marketing deve a vendas", "What marketing owes sales"),
    "owes_sales": ("O que vendas deve a marketing", "What sales owes marketing"),
    "clause": ("Cláusula", "Clause"),
    "clause_over_time": ("Uma cláusula ao longo do tempo", "One clause over time"),
    "compliance": ("Cumprido", "Compliance"),
    "by_month": (" (por mês)", " (by month)"),
    "judged": ("Julgados", "Judged"),
    "running": ("Correndo", "Running"),
    "waived": ("Dispensados", "Waived"),
    "not_judgeable": ("Não julgáveis", "Not judgeable"),
    "months": ("Meses", "Months"),
    "verdict_met": ("cumprido", "met"),
    "verdict_breached": ("descumprido", "breached"),
    "verdict_running": ("correndo", "running"),
    "verdict_not_judgeable": ("não julgável", "not judgeable"),
    "handoffs": ("Passagens", "Hand-overs"),
    # rejections
    "rejections": ("Por que vendas devolve", "Why sales gives leads back"),
    "rejections_help": (
        "Motivos registrados no CRM e o que o acordo manda fazer com cada um.",
        "Reasons recorded in the CRM and what the agreement does with each.",
    ),
    "reason": ("Motivo", "Reason"),
    "no_reason": ("(sem motivo registrado)", "(no reason recorded)"),
    "next_step": ("Próximo passo", "Next step"),
    "next_nurture": ("volta para nutrição", "back to nurture"),
    "next_suppress": ("não contatar", "suppress"),
    "next_recycle": ("retomar depois", "recycle later"),
    "next_merge": ("unir cadastros", "merge"),
    "next_none": ("nenhum", "none"),
    "returned": ("Devolvidos à nutrição", "Returned to nurture"),
    # waiting
    "waiting": ("Quem precisa agir agora", "Who must act now"),
    "waiting_help": (
        "Cláusulas do acordo que correm, e as vencidas que ainda dá para cumprir. O nome do lead fica no CRM.",
        "Clauses of the agreement that run, and overdue ones that can still be made good. Names stay in the CRM.",
    ),
    "who_seller": ("Vendedores", "Sellers"),
    "who_sales": ("Vendas, leads sem dono", "Sales, leads without an owner"),
    "who_marketing": ("Marketing", "Marketing"),
    "nobody_waits": ("Nada pendente aqui.", "Nothing is due here."),
    "open_counts": ("Correndo: {running} · Vencidas: {overdue}", "Running: {running} · Overdue: {overdue}"),
    "about": ("Passagem ou mês", "Hand-over or month"),
    "so_far": ("Até agora", "So far"),
    "of": ("{part} de {whole}", "{part} of {whole}"),
    "seller": ("Vendedor", "Seller"),
    "seller_code": ("Vendedor {code}", "Seller {code}"),
    "no_seller": ("(sem dono)", "(no owner)"),
    "temperature": ("Temperatura", "Temperature"),
    "temperature_hot": ("quente", "hot"),
    "temperature_other": ("normal", "other"),
    "due": ("Prazo", "Due"),
    "remaining": ("Falta", "Left"),
    "late_by": ("vencido há {value}", "late by {value}"),
    "deal": ("Negócio no CRM", "Deal in the CRM"),
    # footer
    "footer": (
        "Acordo em vigor: {version}. Fonte: marts publicados {published}. Como se calcula: docs/ e `dbt docs`.",
        "Agreement in force: {version}. Source: marts published {published}. How it is computed: docs/ and `dbt docs`.",
    ),
}


class Texts:
    """Looks words up in one language; an unknown key answers itself, so that a new code of a mart is still shown."""

    def __init__(self, locale: str) -> None:
        self._index = 1 if locale.lower().startswith("en") else 0
        self.language: Literal["pt", "en"] = "en" if self._index else "pt"  # of the bilingual columns in the marts

    def __call__(self, key: str, **values: object) -> str:
        pair = _TEXTS.get(key)
        return key.format(**values) if pair is None else pair[self._index].format(**values)

    def code(self, family: str, value: str | None) -> str:
        """The word for a code of a mart, e.g. ``code("stage", "sql")``; the code itself when it is new."""
        pair = _TEXTS.get(f"{family}_{value}")
        return str(value) if pair is None else pair[self._index]
