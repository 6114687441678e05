{% macro branch_matches(parent, child) -%}
  {#- Whether a parent row of branch `parent` serves rows of branch `child` (contracts/protheus.md 1.3): the sharing mode
      shows in what the parent keeps: nothing (shared by the group), the first characters (by company or unit), or all. -#}
  ({{ parent }} is null or substr({{ child }}, 1, length({{ parent }})) = {{ parent }})
{%- endmacro %}

{% macro erp_node(company_group, branch, code, store) -%}
  {#- Node of an ERP customer in identity: `erp:<group>:<branch or nothing>:<code>:<store>`. -#}
  'erp:' || {{ company_group }} || ':' || coalesce({{ branch }}, '') || ':' || {{ code }} || ':'
  || coalesce({{ store }}, '')
{%- endmacro %}

{% macro title_key(branch, prefix, number, instalment, type, customer, store) -%}
  {#- The key of a title, the same from SE1 and from what settles it (SE5); blanks are null in staging. -#}
  {%- for part in [branch, prefix, number, instalment, type, customer, store] -%}
  coalesce({{ part }}, ''){{ " || '|' || " if not loop.last }}
  {%- endfor %}
{%- endmacro %}

{% macro document_key(company_group, branch, document, series, partner, store) -%}
  {#- The key of an invoice, the same from its header, its items and what returns them. -#}
  {%- for part in [company_group, branch, document, series, partner, store] -%}
  coalesce({{ part }}, ''){{ " || '|' || " if not loop.last }}
  {%- endfor %}
{%- endmacro %}
