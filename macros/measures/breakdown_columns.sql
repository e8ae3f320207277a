{# Which breakdown a row of grouping sets is of, and its value there; all and all for the total.
   `columns` maps breakdowns to columns. #}
{% macro breakdown_columns(columns) -%}
    case
    {%- for breakdown, column in columns.items() %}
        when grouping({{ column }}) = 0 then '{{ breakdown }}'
    {%- else %}
        when false then null
    {%- endfor %}
        else 'all'
    end as breakdown,
    case
    {%- for column in columns.values() %}
        when grouping({{ column }}) = 0 then {{ column }}
    {%- else %}
        when false then null
    {%- endfor %}
        else 'all'
    end as breakdown_value
{%- endmacro %}
