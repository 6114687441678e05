"""An agreement that uses every section once; tests change one thing in it."""

from __future__ import annotations

FULL = """\
versions:
  - version: v1
    effective_from: 2026-01-01T00:00:00-03:00
    signatures:
      marketing: {name: Ana Lima, role: Diretora de Marketing, signed_on: 2025-12-15}
      sales: {name: Rui Sá, role: Diretor Comercial, signed_on: 2025-12-15}
    icp:
      sectors: [Indústria, Logística]
      company_sizes: [100 a 499 funcionários]
      roles: [Compras, Produção]
      regions: [SP, PR]
      behaviour: {pt: Compara fornecedores antes de pedir preço, en: Compares suppliers before asking for a price}
    qualification:
      mql:
        criteria:
          - title: {pt: Perfil de compra, en: Buying profile}
            measured_by: {pt: pontuação de perfil, en: fit score}
            rule: {fit_at_least: 50}
          - title: {pt: Interesse, en: Interest}
            measured_by: {pt: pontuação de interesse, en: interest score}
            rule: {interest_at_least: 40}
          - title: {pt: Canal próprio, en: Own channel}
            measured_by: {pt: origem do tráfego, en: traffic source}
            rule: {channel_in: [paid_search, organic_search]}
          - title: {pt: Pediu contato, en: Asked for contact}
            measured_by: {pt: conversões, en: conversions}
            rule: {conversion_in: [pedido-de-orcamento, fale-com-vendas]}
          - title: {pt: Decisor, en: Decision maker}
            measured_by: {pt: conversa, en: conversation}
      sql:
        criteria:
          - title: {pt: Necessidade confirmada, en: Confirmed need}
            measured_by: {pt: etapa no CRM, en: stage in the CRM}
    hot_when:
      conversions: [fale-com-vendas]
      within_days: 7
      interest_at_least: 80
    scoring:
      bands: [20, 40]
      review: {least_sample: 40}
      rules:
        - id: setor
          part: fit
          title: {pt: Setor que atendemos, en: Sector we serve}
          when: {segment_in: [Indústria, Logística]}
          points: 20
        - id: porte
          part: fit
          title: {pt: Porte, en: Size}
          when: {field: cf_porte_empresa, field_in: [100 a 499 funcionários]}
          points: 10
        - id: canal
          part: interest
          title: {pt: Canal, en: Channel}
          when: {channel_in: [event, email]}
          points: 5
        - id: pediu
          part: interest
          title: {pt: Pediu orçamento, en: Asked for a quote}
          when: {conversion_in: [orcamento], within_days: 30}
          points: 15
        - id: frequencia
          part: interest
          title: {pt: Voltou, en: Came back}
          when: {conversions_at_least: 3, within_days: 90}
          points: 10
        - id: abriu
          part: interest
          title: {pt: Abriu e-mails, en: Opened e-mails}
          when: {signal: emails_opened}
          points: 5
    routing:
      mode: assign
      grace: 15 min
      rules:
        - title: {pt: Carteira, en: Portfolio}
          when: {portfolio: true}
          sellers: [{seller: caio@empresa.com.br}, {seller: bia@empresa.com.br}]
        - title: {pt: Sul, en: South}
          when: {states: [PR, SC], channels: [paid_search], forms: [fale-com-vendas]}
          sellers:
            - {seller: bia@empresa.com.br, weight: 2, capacity: 40}
            - {seller: caio@empresa.com.br}
          skip_absent: false
        - title: {pt: Demais, en: Others}
          sellers: [{seller: caio@empresa.com.br}]
      fallback: {seller: caio@empresa.com.br}
    owner: {within: 15 min, clock: elapsed}
    response_clocks:
      - id: first_contact_hot
        title: {pt: Lead quente, en: Hot lead}
        applies_to: hot
        clock: business
        limit: 5 min
        pause_when_owner_absent: true
      - id: first_contact_other
        title: {pt: Demais leads, en: Other leads}
        applies_to: other
        clock: elapsed
        limit: 24 h
      - id: next_step
        title: {pt: Próximo passo, en: Next step}
        applies_to: opportunity
        temperature: hot
        clock: business
        limit: 16 h
        stops_at: first_attempt
        attempt_instant: logged_at
        fallback_without_call_result: not_judgeable
    cadence:
      applies_to: all
      steps: [call, whatsapp, call, email]
      within: 7 d
      clock: elapsed
      min_spacing: 2 h
      spacing_clock: business
    give_back:
      reason_required: true
      only_after_cadence: true
      except_reasons: [sem_perfil]
    rating: {within: 5 d, clock: elapsed, fallback_without_instant: rated}
    nurture_return: {within: 2 d, clock: elapsed, at_most: 2, cooling_off: 90 d}
    commitments:
      marketing:
        - {measure: mqls_per_month, at_least: 120}
        - {measure: sqls_per_month, at_least: 50}
        - {measure: acceptance_rate, at_least: 0.85}
        - {measure: capture_completeness, at_least: 0.9, fields: [email, name, mobile_phone], forms: [fale-com-vendas]}
      sales:
        - {measure: wins_per_month, at_least: 10}
    reasons:
      - code: sem_timing
        title: {pt: Sem timing, en: Wrong timing}
        next_step: nurture
        return_identifier: volta-sem-timing
        labels: {rd_station_crm: [Sem timing]}
      - code: sem_perfil
        title: {pt: Sem perfil, en: No fit}
        next_step: suppress
        labels: {rd_station_crm: [Sem perfil]}
    passage:
      inactivity_days: 90
    consent:
      unknown: refuse
    targets:
      - {metric: mql_to_sql, target: 0.70, direction: at_least, unit: share}
    shared_goals:
      - id: receita
        title: {pt: Receita conjunta, en: Joint revenue}
        measure: revenue_per_month
        at_least: 400000
        bonus_share: {marketing: 0.2, sales: 0.1}
        pays_from: 0.7
    warning_signs:
      untouched_share_above: 0.2
      mql_growth_without_revenue_months: 3
    calendar: matriz
    calendars_by_team: {Externo Sul: sul}
    calendars_by_seller: {bia@empresa.com.br: noite}
calendars:
  matriz:
    zone: America/Sao_Paulo
    hours:
      - days: [monday, tuesday, wednesday, thursday]
        intervals: ["08:00-12:00", "13:00-18:00"]
      - days: [friday]
        intervals: ["08:00-12:00", "13:00-17:00"]
    closed_every_year: [{day: "12-24", name: Véspera de Natal}]
  sul:
    zone: America/Sao_Paulo
    state: PR
    optional_days_closed: [carnival]
    hours:
      - days: [monday, tuesday, wednesday, thursday, friday]
        intervals: ["08:30-12:00", "13:30-18:00"]
    closed_days: [{date: 2026-03-02, name: Mudança}]
    open_days: [{date: 2026-04-21, name: Feira}]
    special_hours: [{date: 2026-02-18, intervals: ["13:00-18:00"], name: Cinzas}]
  noite:
    zone: America/Sao_Paulo
    public_holidays: false
    hours:
      - days: [saturday, sunday]
        intervals: ["22:00-06:00"]
glossary:
  - term: {pt: Lead, en: Lead}
    meaning: {pt: Pessoa que deixou um contato, en: A person who left a contact}
waivers:
  - id: queda-crm
    clause: all
    from: 2026-02-10T12:00:00-03:00
    until: 2026-02-10T18:00:00-03:00
    reason: CRM fora do ar
    approved_by: Ana Lima e Rui Sá
    approved_on: 2026-02-11
  - id: treinamento
    clause: first_contact_other
    seller: caio@empresa.com.br
    from: 2026-05-18T00:00:00-03:00
    until: 2026-05-21T00:00:00-03:00
    reason: Treinamento de produto
    approved_by: Ana Lima e Rui Sá
    approved_on: 2026-05-11
absences:
  - {seller: bia@empresa.com.br, from: 2026-04-06, until: 2026-04-17, reason: férias}
  - {seller: caio@empresa.com.br, from: 2026-03-19T13:00:00-03:00, until: 2026-03-19T18:00:00-03:00, reason: folga}
"""
