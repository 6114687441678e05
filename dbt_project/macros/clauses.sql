{#
  The clause kinds: the one list that the index and the union of verdicts are written from. A new kind is an entry here,
  a model int_clause_<kind> with its YAML, and a test file (docs: _sla_intermediate.yml, int_clause_index).
#}

{% macro clause_kinds(subject=none) -%}
  {#-
    Of each kind: `subject`: what its rows are about: a passage (handoff) or a local month. `timed`: the seconds from the
    start to met_at mean something. For passages: `speaks_of`: SQL condition on the clause c and the hand-over h that says
    which of them have a row, besides the clause's temperature; `of_seller`: the hand-over's seller answers for it;
    `needs`: what a source must record for it to be judged. Only the kinds of one `subject` when given.
  -#}
  {%- set failed = "h.status in ('rejected', 'lost')" -%}
  {%- set kinds = [
    {'kind': 'response_time', 'subject': 'handoff', 'timed': true, 'of_seller': true, 'needs': 'attempts',
      'speaks_of': "c.starts_at = 'mql_at' or (" ~ clause_start() ~ ") is not null"},
    {'kind': 'owner_at_birth', 'subject': 'handoff', 'timed': true, 'of_seller': true, 'needs': 'owners',
      'speaks_of': 'true'},
    {'kind': 'attempts_made', 'subject': 'handoff', 'timed': true, 'of_seller': true, 'needs': 'attempts',
      'speaks_of': 'true'},
    {'kind': 'cadence_order', 'subject': 'handoff', 'timed': false, 'of_seller': true, 'needs': 'attempts',
      'speaks_of': 'true'},
    {'kind': 'reason_registered', 'subject': 'handoff', 'timed': false, 'of_seller': true, 'needs': 'reasons',
      'speaks_of': failed},
    {'kind': 'give_back_allowed', 'subject': 'handoff', 'timed': false, 'of_seller': true, 'needs': 'attempts',
      'speaks_of': "h.status = 'rejected'"},
    {'kind': 'rating_given', 'subject': 'handoff', 'timed': true, 'of_seller': true, 'needs': 'ratings',
      'speaks_of': 'h.primary_opportunity_id is not null'},
    {'kind': 'returned_to_nurture', 'subject': 'handoff', 'timed': true, 'of_seller': false, 'needs': none,
      'speaks_of': failed ~ " and h.next_step = 'nurture'"},
    {'kind': 'volume', 'subject': 'month', 'timed': false},
    {'kind': 'acceptance_rate', 'subject': 'month', 'timed': false},
    {'kind': 'capture_completeness', 'subject': 'month', 'timed': false},
  ] -%}
  {{ return(kinds if subject is none else kinds | selectattr('subject', 'equalto', subject) | list) }}
{%- endmacro %}

{% macro clause_start() -%}
  {#- Instant at which a clause c starts for a hand-over h; null when that did not happen (or is known by date only). -#}
  case c.starts_at
    when 'mql_at' then h.mql_at
    when 'accepted_at' then h.accepted_at
    when 'sql_at' then h.sql_at
    when 'opportunity_at' then h.opportunity_at
    when 'proposal_at' then h.proposal_at
    when 'closed_at' then coalesce(h.rejected_at, h.lost_at)
  end
{%- endmacro %}

{% macro clock_at(due, stop_lo='stop_at', stop_hi='stop_at') -%}
  {#- Judgement of a clock that runs out at `due`; its stop happened in [stop_lo, stop_hi] (one instant when exact; null =
      it did not). A passage (column closed_at) that closed before the clock ran out asks for nothing any more. Null when
      there is no due instant. -#}
  case
    when {{ due }} is null then null
    when {{ stop_hi }} <= {{ due }} then 'met'
    when {{ stop_lo }} > {{ due }} then 'breached'
    when {{ stop_hi }} is not null then 'not_judgeable/imprecise_stop'
    when closed_at < {{ due }} then 'not_applicable/closed_before_due'
    when {{ as_of() }} > {{ due }} then 'breached'
    else 'running'
  end
{%- endmacro %}

{% macro response_at(due) -%}
  {#- Judgement of a response clock that runs out at `due`: as clock_at, and by columns unknown_at (an attempt that may have
      been the contact) and, for an owner's own clock, is_contacted (somebody before them did it) and until_at (the lead
      went to somebody else). -#}
  case
    when is_contacted then 'not_applicable/already_contacted'
    when unknown_at <= {{ due }} and (stop_at is null or unknown_at < stop_at) then 'not_judgeable/no_call_result'
    when stop_at is null and until_at <= {{ due }} then 'not_applicable/reassigned'
    when stop_at is null and until_at > {{ due }} then 'breached'
    else {{ clock_at(due) | indent(4) }}
  end
{%- endmacro %}

{% macro cadence_at(due) -%}
  {#- Judgement of a cadence that must be complete at `due`, by columns stop_at (its last missing attempt), ended_at (the
      lead became an SQL or was won: nothing more was needed) and closed_at. -#}
  case
    when stop_at <= {{ due }} then 'met'
    when ended_at <= {{ due }} then 'not_applicable/advanced'
    when closed_at < {{ due }} then 'not_applicable/closed_before_due'
    when stop_at > {{ due }} or {{ as_of() }} > {{ due }} then 'breached'
    when {{ as_of() }} <= {{ due }} then 'running'
  end
{%- endmacro %}

{% macro judged_at_both_ends(judgement_lo, judgement_hi) -%}
  {#- Where the start is known as an interval, the clause is judged at both of its ends; where the verdicts differ nobody
      can say. Null = the clock runs out beyond the calendar. -#}
  case
    when {{ judgement_lo }} is null or {{ judgement_hi }} is null then 'not_judgeable/outside_calendar'
    when {{ verdict_of(judgement_lo) }} <> {{ verdict_of(judgement_hi) }} then 'not_judgeable/imprecise_start'
    else {{ judgement_hi }}
  end
{%- endmacro %}

{% macro verdict_of(judgement) -%}
  {#- The verdict in a judgement `verdict` or `verdict/reason`. -#}
  split_part({{ judgement }}, '/', 1)
{%- endmacro %}

{% macro reason_of(judgement) -%}
  {#- The reason in a judgement; null when it has none. -#}
  nullif(split_part({{ judgement }}, '/', 2), '')
{%- endmacro %}

{% macro cadence_needs() -%}
  {#- How many attempts of each channel the steps of a cadence ask for: agreement_version, clause_id, channel, needed. -#}
  select agreement_version, clause_id, value as channel, count(*) as needed
  from {{ ref('stg_agreement__clause_items') }}
  where item_kind = 'step'
  group by agreement_version, clause_id, value
{%- endmacro %}
