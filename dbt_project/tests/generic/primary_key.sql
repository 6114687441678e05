{#- The columns identify a row: no two rows agree in all of them, and none is null (but those listed as `nullable`, which
    a report groups by). One query instead of a unique and a not_null test per column. -#}
{% test primary_key(model, columns, nullable=[]) %}
select {{ columns | join(', ') }}, count(*) as rows_with_key
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{%- for column in columns if column not in nullable %} or {{ column }} is null{% endfor %}
{% endtest %}
