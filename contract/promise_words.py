"""The sentences of what each area promises, in the agreement's document: (Portuguese, English)."""

from __future__ import annotations

PROMISES: dict[str, tuple[str, str]] = {
    "routing": ("Distribuição dos leads", "Routing of leads"),
    "mode_observe": (
        "A distribuição acontece nos sistemas da empresa. As regras abaixo dizem a quem cada lead deve chegar.",
        "Leads are distributed in the company's own systems. The rules below say whom each lead should reach.",
    ),
    "mode_propose": (
        "Para cada lead sem responsável propõe-se um pelas regras abaixo; uma pessoa decide.",
        "For each lead without an owner one is proposed by the rules below; a person decides.",
    ),
    "mode_assign": (
        "Um lead que continua sem responsável {grace} depois da passagem recebe um pelas regras abaixo. "
        "A escolha de uma pessoa nunca é desfeita.",
        "A lead that is still without an owner {grace} after the hand-over gets one by the rules below. "
        "A person's choice is never undone.",
    ),
    "rules_order": (
        "Vale a primeira regra que serve. Entre vários vendedores, a distribuição segue os pesos; quem está ausente "
        "não recebe.",
        "The first rule that fits applies. Among several sellers, leads are shared out by weight; absent sellers "
        "receive none.",
    ),
    "rule": ("Regra", "Rule"),
    "when": ("Quando", "When"),
    "who": ("Quem recebe", "Who receives"),
    "when_always": ("sempre", "always"),
    "when_states": ("estado: {list}", "state: {list}"),
    "when_channels": ("canal: {list}", "channel: {list}"),
    "when_forms": ("formulário: {list}", "form: {list}"),
    "when_portfolio": (
        "a empresa já é da carteira de um dos vendedores",
        "the company is in the portfolio of one of the sellers already",
    ),
    "weight": ("peso {weight}", "weight {weight}"),
    "capacity": ("até {capacity} em aberto", "up to {capacity} open"),
    "absent_too": ("também quando ausente", "even when absent"),
    "fallback": (
        "Se nenhuma regra serve, o lead vai para {seller}.",
        "If no rule fits, the lead goes to {seller}.",
    ),
    "by_marketing": ("Compromissos de marketing", "Commitments of marketing"),
    "by_sales": ("Compromissos de vendas", "Commitments of sales"),
    "no_commitments": ("Nenhum compromisso além dos anteriores.", "No commitment beyond those above."),
    "owner_text": (
        "Todo lead passado tem um responsável em vendas em até {limit} depois da passagem.",
        "Every lead that is handed over has an owner in sales within {limit} of the hand-over.",
    ),
    "nurture_return_text": (
        "O lead devolvido ou perdido por um motivo que manda voltar à nutrição entra no fluxo dela em até {limit}.",
        "A lead given back or lost for a reason that leads to nurture enters its flow within {limit}.",
    ),
    "return_at_most_one": (
        "A mesma pessoa volta uma vez só: devolvida de novo, fica em paz.",
        "The same person is returned once only: given back again, they are left alone.",
    ),
    "return_at_most_many": (
        "A mesma pessoa volta no máximo {number} vezes: devolvida mais uma vez, fica em paz.",
        "The same person is returned {number} times at most: given back once more, they are left alone.",
    ),
    "return_cooling_off": (
        "Entre duas voltas da mesma pessoa passam pelo menos {time}.",
        "At least {time} lie between two returns of the same person.",
    ),
    "at_most_name": ("voltas por pessoa, no máximo:", "returns per person, at most:"),
    "cooling_off_name": ("intervalo entre voltas:", "time between returns:"),
    "flow_name": ("fluxo {flow}", "flow {flow}"),
    "month": ("Números do mês", "Figures of the month"),
    "measure": ("Como se mede", "How it is measured"),
    "minimum": ("No mínimo", "At least"),
    "mqls_per_month": ("MQL entregues no mês", "MQLs handed over in the month"),
    "sqls_per_month": ("Leads que viraram SQL no mês", "Leads that became SQL in the month"),
    "wins_per_month": ("Vendas ganhas no mês", "Sales won in the month"),
    "acceptance_rate": (
        "Leads passados no mês que vendas aceitou",
        "Leads handed over in the month that sales accepted",
    ),
    "capture_completeness": (
        "Conversões do mês com estes campos preenchidos: {fields}",
        "Conversions of the month with these fields filled: {fields}",
    ),
    "on_forms": (" (formulários: {forms})", " (forms: {forms})"),
    "clause": ("Cláusula", "Clause"),
    "clauses": ("Cláusulas", "Clauses"),
    "starts": ("Começa quando", "Starts when"),
    "starts_hot": ("um lead quente é passado para vendas", "a hot lead is handed over"),
    "starts_other": ("outro lead é passado para vendas", "any other lead is handed over"),
    "starts_all": ("um lead é passado para vendas", "a lead is handed over"),
    "starts_accepted": ("vendas aceita o lead", "sales accepts the lead"),
    "starts_sql": ("o lead vira SQL", "the lead becomes SQL"),
    "starts_opportunity": ("a oportunidade é aberta", "the opportunity is opened"),
    "starts_proposal": ("a proposta é enviada", "the proposal is sent"),
    "if_hot": (", se é quente", ", if it is hot"),
    "if_other": (", se não é quente", ", if it is not hot"),
    "stops_with": ("Cumpre-se com", "Met by"),
    "stop_first_attempt": ("a primeira tentativa de contato", "the first attempt at contact"),
    "stop_first_contact": ("o primeiro contato com a pessoa", "the first contact with the person"),
    "without_result_attempt": (
        "Onde o CRM não registra o resultado da ligação, a tentativa vale como contato.",
        "Where the CRM records no result of a call, the attempt counts as contact.",
    ),
    "without_result_not_judgeable": (
        "Onde o CRM não registra o resultado da ligação, a cláusula não é julgada.",
        "Where the CRM records no result of a call, the clause is not judged.",
    ),
    "by_occurred_at": (
        "Vale a hora em que a tentativa aconteceu.",
        "The time at which the attempt happened counts.",
    ),
    "by_logged_at": (
        "Vale a hora em que a tentativa foi registrada.",
        "The time at which the attempt was logged counts.",
    ),
    "pause": (
        "O relógio para enquanto o responsável está ausente (anexo).",
        "The clock stops while the owner is absent (annex).",
    ),
    "cadence": ("Cadência de contato", "Contact cadence"),
    "cadence_all": ("Com cada lead passado", "With each lead that is handed over"),
    "cadence_hot": ("Com cada lead quente", "With each hot lead"),
    "cadence_other": ("Com cada um dos demais leads", "With each of the other leads"),
    "cadence_text": (
        "{who}, vendas faz {steps} em até {limit} depois da passagem, nesta ordem, a menos que ele avance antes:",
        "{who}, sales makes {steps} within {limit} of the hand-over, in this order, unless it advances earlier:",
    ),
    "spacing_text": (
        "Entre uma tentativa e a seguinte passam pelo menos {spacing}.",
        "At least {spacing} pass between one attempt and the next.",
    ),
    "give_back": ("Devolução e perda", "Giving back and losing"),
    "reason_required_text": (
        "Nenhum lead é devolvido ou perdido sem um motivo registrado, escolhido entre os deste acordo.",
        "No lead is given back or lost without a registered reason, chosen among those of this agreement.",
    ),
    "after_cadence_text": (
        "Um lead só é devolvido depois de cumprida a cadência.",
        "A lead is given back only after the cadence was completed.",
    ),
    "except_text": ("Exceção: {list}.", "Except for: {list}."),
    "rating_text": (
        "Vendas dá a cada lead uma nota de 1 a 5 em até {limit} depois da passagem.",
        "Sales rates each lead from 1 to 5 within {limit} of the hand-over.",
    ),
    "rating_rated": (
        "Uma nota sem hora conhecida conta como dada no prazo.",
        "A rating whose time is not known counts as given in time.",
    ),
    "rating_not_judgeable": (
        "Uma nota sem hora conhecida não é julgada.",
        "A rating whose time is not known is not judged.",
    ),
    "channel_call": ("ligação", "call"),
    "channel_whatsapp": ("WhatsApp", "WhatsApp"),
    "channel_email": ("e-mail", "e-mail"),
    "channel_meeting": ("reunião", "meeting"),
    "channel_visit": ("visita", "visit"),
    "attempt_one": ("{number} tentativa", "{number} attempt"),
    "attempt_many": ("{number} tentativas", "{number} attempts"),
    "field_email": ("e-mail", "e-mail"),
    "field_name": ("nome", "name"),
    "field_company_name": ("empresa", "company"),
    "field_company": ("empresa", "company"),
    "field_job_title": ("cargo", "job title"),
    "field_mobile_phone": ("celular", "mobile phone"),
    "field_personal_phone": ("telefone", "phone"),
    "field_state": ("estado", "state"),
    "field_city": ("cidade", "city"),
    "and": ("e", "and"),
}
