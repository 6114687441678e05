"""The sentences around the promises in the agreement's document: (Portuguese, English).

Names in braces are filled in by the sections.
"""

from __future__ import annotations

FRAME: dict[str, tuple[str, str]] = {
    "subtitle": (
        "O que cada área promete à outra na passagem de bastão, em quanto tempo, e como se comprova",
        "What each area promises the other when leads are handed over, by when, and how it is proved",
    ),
    "replaces": ("Substitui", "Replaces"),
    "first_one": ("é a primeira versão", "the first version"),
    "page": ("Página", "Page"),
    "page_of": ("de", "of"),
    "contents": ("Sumário", "Contents"),
    "annex": ("Anexo", "Annex"),
    "closing": (
        "Marketing e vendas leram este acordo, concordam com ele e se comprometem a cumpri-lo "
        "a partir de {start}.",
        "Marketing and sales have read this agreement, agree to it and undertake to keep it from {start}.",
    ),
    "parties": ("Partes e vigência", "Parties and period"),
    "parties_text": (
        "Este acordo é celebrado entre duas áreas da empresa {company}, representadas por:",
        "This agreement is made between two areas of {company}, represented by:",
    ),
    "period_text": (
        "Vale a partir de {start} (fuso {zone}) e até que entre em vigor uma nova versão assinada pelas duas áreas.",
        "It is in force from {start} (time zone {zone}) until a new version signed by both areas takes effect.",
    ),
    "period_ended": (
        "Vale de {start} até {end} (fuso {zone}), quando entra em vigor a versão {next}.",
        "It is in force from {start} until {end} (time zone {zone}), when version {next} takes effect.",
    ),
    "pinned": (
        "Cada passagem de bastão é julgada pela versão em vigor no momento em que aconteceu; volume, aceitação e "
        "qualidade de um mês, pela versão em vigor no início do mês. O texto de uma versão em vigor não se altera: "
        "toda mudança entra como nova versão e não muda o que já foi julgado.",
        "Each hand-over is judged by the version in force when it happened; the volume, acceptance and quality of a "
        "month by the version in force when the month starts. The text of a version in force is not altered: every "
        "change comes as a new version and changes nothing that was judged.",
    ),
    "icp": ("Perfil de cliente ideal (ICP)", "Ideal customer profile (ICP)"),
    "sectors": ("Setores", "Sectors"),
    "company_sizes": ("Porte da empresa", "Company size"),
    "roles": ("Cargos", "Roles"),
    "regions": ("Regiões", "Regions"),
    "behaviour": ("Comportamento", "Behaviour"),
    "checked_by": ("O que os dados verificam", "What the data check"),
    "rule_interest_at_least": (
        "interesse de pelo menos {points} pontos",
        "interest score of at least {points}",
    ),
    "rule_fit_at_least": ("perfil de pelo menos {points} pontos", "fit score of at least {points}"),
    "rule_channel_in": ("canal: {list}", "channel: {list}"),
    "rule_conversion_in": ("conversão em {list}", "conversion on {list}"),
    "rule_none": ("avaliação das pessoas", "people's judgement"),
    "hot_text": (
        "A temperatura se decide no momento da passagem, com o que se sabia até ali, e não muda depois.",
        "Temperature is decided at the hand-over, by what was known then, and does not change afterwards.",
    ),
    "reasons_text": (
        "Vendas só devolve ou perde um lead com um destes motivos. O motivo decide o que acontece depois.",
        "Sales gives a lead back or loses it only with one of these reasons. The reason decides what follows.",
    ),
    "returns_by": ("Entra na nutrição por", "Enters nurture through"),
    "time": ("Como se conta o tempo", "How time is counted"),
    "time_business": (
        "Horas e minutos **úteis** contam somente o expediente do calendário de trabalho; noites, fins de semana e "
        "feriados não contam.",
        "**Working** hours and minutes count only the hours of the working calendar; nights, weekends and holidays do "
        "not count.",
    ),
    "time_elapsed": (
        "Horas, minutos e dias **corridos** contam todos, de dia e de noite, também em fins de semana e feriados.",
        "**Consecutive** hours, minutes and days all count, day and night, weekends and holidays too.",
    ),
    "verdicts": ("Como se julga", "How it is judged"),
    "verdicts_text": (
        "Cada cláusula recebe, para cada passagem de bastão ou mês, um veredito com a prova que o sustenta:",
        "Each clause gets, for each hand-over or month, a verdict with the evidence that supports it:",
    ),
    "met": ("Cumprido", "Met"),
    "met_text": ("fez-se o combinado, no prazo", "what was agreed was done, in time"),
    "breached": ("Descumprido", "Breached"),
    "breached_text": (
        "o prazo ou o mês terminou sem o combinado",
        "the time or the month ended without what was agreed",
    ),
    "running": ("Em andamento", "Running"),
    "running_text": ("ainda há prazo", "there is still time"),
    "waived": ("Dispensado", "Waived"),
    "waived_text": (
        "as duas áreas dispensaram por escrito (anexo); conta à parte",
        "both areas waived it in writing (annex); counted apart",
    ),
    "not_applicable": ("Não se aplica", "Not applicable"),
    "not_applicable_text": (
        "o combinado deixou de fazer sentido, por exemplo porque o lead avançou antes",
        "what was agreed no longer made sense, for example because the lead advanced earlier",
    ),
    "not_judgeable": ("Não julgável", "Not judgeable"),
    "not_judgeable_text": (
        "falta o dado para decidir; aparece com o motivo e nunca some",
        "the data to decide are missing; it is shown with the reason and never disappears",
    ),
    "late_text": (
        "Um fato que chega atrasado pode corrigir um veredito; o que se soube primeiro e a correção ficam registrados.",
        "A fact that arrives late may correct a verdict; what was known first and the correction both stay on record.",
    ),
    "judging": ("Julgamento", "Judging"),
    "code_text": (
        "O código ao lado de cada cláusula é o nome dela nos vereditos e relatórios.",
        "The code beside each clause is its name in verdicts and reports.",
    ),
    "scoring": ("Pontuação do lead", "Lead score"),
    "scoring_text": (
        "Na passagem de bastão, somam-se os pontos do que se sabe do lead. O que nenhum sistema informa aparece como não "
        "legível e nunca conta como zero.",
        "At the hand-over the points of what is known of the lead are summed. What no system tells is shown as not "
        "readable and never counts as zero.",
    ),
    "fact": ("Fato", "Fact"),
    "part": ("Parte", "Part"),
    "points_head": ("Pontos", "Points"),
    "part_fit": ("perfil", "fit"),
    "part_interest": ("interesse", "interest"),
    "score_segment_in": ("segmento: {list}", "segment: {list}"),
    "score_channel_in": ("canal: {list}", "channel: {list}"),
    "score_field_in": ("campo {field}: {list}", "field {field}: {list}"),
    "score_conversion_in": ("conversão em {list}{window}", "conversion on {list}{window}"),
    "score_conversions_at_least": ("ao menos {number} conversões{window}", "at least {number} conversions{window}"),
    "score_signal": ("{list}: hoje nenhum sistema informa", "{list}: no system tells it today"),
    "score_window": (" nos últimos {days}", " in the last {days}"),
    "score_bands": ("Faixas: {list}.", "Bands: {list}."),
    "score_band": ("{band} a partir de {points}", "{band} from {points}"),
    "score_review": (
        "Todo mês compara-se a pontuação com o que de fato virou venda. Outros pontos só se propõem com ao menos {number} "
        "passagens de cada lado da regra, e só valem numa nova versão assinada.",
        "Every month the score is compared with what really was sold. Other points are proposed only with at least "
        "{number} hand-overs on each side of the rule, and hold only in a new signed version.",
    ),
    "review_sample": ("amostra mínima da revisão", "least sample of the review"),
    "bands": ("faixas", "bands"),
    "shared_goals": ("Metas conjuntas", "Shared goals"),
    "shared_goals_text": (
        "As duas áreas respondem juntas por estas metas. Conta para o marketing o que passou pelo bastão; para vendas, o que "
        "vendeu por conta própria.",
        "Both areas answer together for these goals. What came through a hand-over counts for marketing; for sales, what it "
        "sold on its own.",
    ),
    "goal": ("Meta", "Goal"),
    "bonus": ("Parte do bônus", "Part of the bonus"),
    "bonus_of": ("marketing {marketing}, vendas {sales}", "marketing {marketing}, sales {sales}"),
    "pays_from": ("paga a partir de {share} da meta", "pays from {share} of the goal"),
    "goal_revenue_per_month": ("receita faturada no mês", "revenue invoiced in the month"),
    "goal_wins_per_month": ("vendas fechadas no mês", "sales closed in the month"),
    "warning_signs": ("Sinais de que o acordo está quebrado", "Signs that the agreement is broken"),
    "warning_text": (
        "As duas áreas se reúnem quando aparece um destes sinais:",
        "Both areas meet when one of these signs shows:",
    ),
    "untouched_share_above": (
        "mais de {value} dos leads passados sem nenhuma tentativa de contato",
        "more than {value} of the leads handed over without any attempt at contact",
    ),
    "no_owner_share_above": (
        "mais de {value} dos leads passados sem responsável",
        "more than {value} of the leads handed over without an owner",
    ),
    "no_reason_share_above": (
        "mais de {value} dos leads devolvidos ou perdidos sem motivo",
        "more than {value} of the leads given back or lost without a reason",
    ),
    "sold_outside_share_above": (
        "mais de {value} das vendas fora do funil",
        "more than {value} of the sales outside the funnel",
    ),
    "cost_growth_without_revenue_months": (
        "{value} meses seguidos com mais custo de mídia e sem mais receita",
        "{value} months in a row with more media cost and no more revenue",
    ),
    "mql_growth_without_revenue_months": (
        "{value} meses seguidos com mais MQL e sem mais receita",
        "{value} months in a row with more MQLs and no more revenue",
    ),
}

ANNEXES: dict[str, tuple[str, str]] = {
    "calendars": ("Calendários de trabalho", "Working calendars"),
    "calendar_name": ("Calendário", "Calendar"),
    "used_by": ("Vale para {list}.", "It applies to {list}."),
    "of_all": ("as duas áreas", "both areas"),
    "of_the_rest": (
        "as duas áreas, salvo onde outro calendário vale",
        "both areas, save where another one applies",
    ),
    "of_team": ("a equipe {list}", "the team {list}"),
    "of_teams": ("as equipes {list}", "the teams {list}"),
    "of_seller": ("{list}", "{list}"),
    "of_sellers": ("{list}", "{list}"),
    "to": ("a", "to"),
    "holidays": ("Feriados", "Holidays"),
    "weekdays": ("Dias", "Days"),
    "hours": ("Horário", "Hours"),
    "holidays_of": (
        "Dias sem expediente em {year}, fora os fins de semana",
        "Days off in {year} beside the weekends",
    ),
    "where": ("Calendário", "Calendar"),
    "everywhere": ("todos", "all"),
    "later_years": (
        "Nos anos seguintes valem as datas dos mesmos feriados.",
        "In later years the dates of the same holidays apply.",
    ),
    "day": ("Dia", "Day"),
    "occasion": ("Ocasião", "Occasion"),
    "exceptions": ("Dispensas e ausências", "Waivers and absences"),
    "exceptions_text": (
        "Situação na data em que este documento foi emitido. Dispensas e ausências são registradas à parte do texto "
        "assinado; o que se dispensa conta à parte e não some.",
        "As recorded when this document was issued. Waivers and absences are kept apart from the signed text; what "
        "is waived is counted apart and does not disappear.",
    ),
    "waivers": ("Dispensas", "Waivers"),
    "absences": ("Ausências", "Absences"),
    "waiver_id": ("Nº", "No."),
    "covers": ("O que dispensa", "What is waived"),
    "all_clauses": ("todas as cláusulas", "all clauses"),
    "for_handoff": ("passagem {id}", "hand-over {id}"),
    "period": ("Período", "Period"),
    "why": ("Motivo", "Reason"),
    "approved": ("Aprovada por", "Approved by"),
    "seller": ("Vendedor(a)", "Seller"),
    "until_time": ("{start} a {end}", "{start} to {end}"),
    "changes": ("O que mudou desde a versão {version}", "What changed since version {version}"),
    "no_changes": ("Nada mudou no texto.", "Nothing changed in the text."),
}
