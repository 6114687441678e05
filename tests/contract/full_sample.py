"""The small correct agreement with every section; tests change one thing and look at what comes of it."""

from __future__ import annotations

from tests.contract.samples import GOOD

SELLER = "ana@example.com.br"
SECTIONS = f"""\
    icp:
      sectors: [Indústria]
      regions: [SP]
      behaviour: {{pt: Compara, en: Compares}}
    scoring:
      bands: [20, 40]
      review: {{least_sample: 40}}
      rules:
        - id: setor
          part: fit
          title: {{pt: Setor que atendemos, en: Sector we serve}}
          when: {{segment_in: [Indústria, Logística]}}
          points: 20
        - id: porte
          part: fit
          title: {{pt: Porte, en: Size}}
          when: {{field: cf_porte_empresa, field_in: [100 a 499 funcionários]}}
          points: 10
        - id: canal
          part: interest
          title: {{pt: Canal, en: Channel}}
          when: {{channel_in: [event, email]}}
          points: 5
        - id: pediu
          part: interest
          title: {{pt: Pediu orçamento, en: Asked for a quote}}
          when: {{conversion_in: [orcamento], within_days: 30}}
          points: 15
        - id: frequencia
          part: interest
          title: {{pt: Voltou, en: Came back}}
          when: {{conversions_at_least: 3, within_days: 90}}
          points: 10
        - id: abriu
          part: interest
          title: {{pt: Abriu e-mails, en: Opened e-mails}}
          when: {{signal: emails_opened}}
          points: 5
    routing:
      mode: assign
      rules:
        - title: {{pt: Sul, en: South}}
          when: {{states: [PR, SC], channels: [event], forms: [feira], portfolio: true}}
          sellers: [{{seller: Bia@example.com.br, weight: 3, capacity: 40}}, {{seller: {SELLER}}}]
        - title: {{pt: Todos, en: All}}
          sellers: [{{seller: {SELLER}}}]
          skip_absent: false
      fallback: {{seller: {SELLER}}}
    owner: {{within: 15 min}}
    cadence:
      steps: [call, whatsapp, call]
      within: 9 h
      clock: business
      min_spacing: 2 h
    give_back: {{except_reasons: [sem_perfil]}}
    rating: {{within: 5 d, fallback_without_instant: not_judgeable}}
    nurture_return: {{within: 2 d, at_most: 2, cooling_off: 90 d}}
    commitments:
      marketing:
        - {{measure: mqls_per_month, at_least: 50}}
        - {{measure: acceptance_rate, at_least: 0.85}}
        - {{measure: capture_completeness, at_least: 0.9, fields: [email, name], forms: [feira]}}
      sales:
        - {{measure: wins_per_month, at_least: 10}}
    shared_goals:
      - id: receita
        title: {{pt: Receita conjunta, en: Joint revenue}}
        measure: revenue_per_month
        at_least: 400000
        bonus_share: {{marketing: 0.2, sales: 0.1}}
        pays_from: 0.7
    warning_signs: {{untouched_share_above: 0.2, mql_growth_without_revenue_months: 3}}
    calendars_by_team: {{Sul: sul}}
    calendars_by_seller: {{{SELLER}: sul}}
"""
BESIDES = f"""\
  sul:
    zone: America/Sao_Paulo
    state: PR
    hours:
      - {{days: [monday], intervals: ["08:30-12:00"]}}
waivers:
  - id: queda
    clause: all
    from: 2026-02-10T12:00:00-03:00
    until: 2026-02-10T18:00:00-03:00
    reason: CRM fora do ar
    approved_by: Ana e Rui
    approved_on: 2026-02-11
absences:
  - {{seller: {SELLER}, from: 2026-03-02, until: 2026-03-06, reason: férias}}
  - {{seller: {SELLER}, from: "2026-03-10T13:00:00-03:00", until: "2026-03-10T15:00:00-03:00", reason: consulta}}
"""
CLOCKS = """\
        limit: 10 min
        pause_when_owner_absent: true
      - id: sql_contact
        title: {pt: Contato com o SQL, en: Contact with the SQL}
        applies_to: sql
        temperature: hot
        clock: elapsed
        limit: 2 h
        pause_when_owner_absent: true
      - id: proposal_followup
        title: {pt: Retorno da proposta, en: After the proposal}
        applies_to: proposal
        clock: elapsed
        limit: 2 d
"""


def full() -> str:
    """The text of one file with everything."""
    text = GOOD.replace("        limit: 10 min\n", CLOCKS)
    rule = "            measured_by: {pt: formulário, en: form}\n"
    text = text.replace(rule, f"{rule}            rule: {{channel_in: [event, email]}}\n", 1)
    text = text.replace("    calendar: matriz\n", f"{SECTIONS}    calendar: matriz\n")
    return text.replace("glossary:\n", f"{BESIDES}glossary:\n")


FULL = full()
