{% macro verdict_precedence() -%}
  {#- The worst news first: one broken promise marks the whole; what still runs may yet break; what cannot be judged must
      not hide behind a clause that was met; waived and not applicable say nothing when anything else speaks. -#}
  {{ return(['breached', 'running', 'not_judgeable', 'met', 'waived', 'not_applicable']) }}
{%- endmacro %}

{% macro verdict_rollup(verdict) -%}
  {#- Aggregate: the verdict of a group of clauses, by the one precedence of the house. Null for an empty group. -#}
  case
  {%- for name in verdict_precedence() %}
    when max(case when {{ verdict }} = '{{ name }}' then 1 else 0 end) = 1 then '{{ name }}'
  {%- endfor %}
  end
{%- endmacro %}

{% macro response_verdict_at(due) -%}
  {#- The verdict of a response clock that runs out at `due`, from columns stop_at, unknown_at, closed_at (UTC instants or
      null). A passage that closed before the clock ran out, without contact, asks for no contact any more. -#}
  case
    when unknown_at <= {{ due }} and (stop_at is null or unknown_at < stop_at) then 'not_judgeable'
    when stop_at <= {{ due }} then 'met'
    when stop_at > {{ due }} then 'breached'
    when closed_at < {{ due }} then 'not_applicable'
    when {{ as_of() }} > {{ due }} then 'breached'
    when {{ as_of() }} <= {{ due }} then 'running'
  end
{%- endmacro %}
