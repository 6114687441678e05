{% macro month_of(day) -%}
  {#- `YYYY-MM` of a date: the subject of a clause on a local month. -#}
  substr({{ as_text(day) }}, 1, 7)
{%- endmacro %}

{% macro is_filled(filled_fields, field) -%}
  {#- Whether a field is in the comma-separated list of the fields that a conversion brought filled. -#}
  position(',' || {{ field }} || ',' in ',' || {{ filled_fields }} || ',') > 0
{%- endmacro %}

{% macro main_fields() -%}
  {#- The fields that make a lead workable, by the names that forms send them under. -#}
  {{ return({'name': ['name'], 'phone': ['mobile_phone', 'personal_phone'], 'company': ['company_name', 'company'],
             'job_title': ['job_title']}) }}
{%- endmacro %}

{% macro unusable_reasons() -%}
  {#- Reason codes by which agreements say that a lead could not be worked as it was delivered. An agreement that calls
      them otherwise shows such leads under `given_back` alone. -#}
  {{ return({'invalid_contact': ['contato_invalido', 'invalid_contact'],
             'unreachable': ['nao_respondeu', 'unreachable', 'no_answer']}) }}
{%- endmacro %}
