{# How many rows meet a condition, or the sum of a number; 0 for no rows, null for no rule. #}
{% macro add_up(rule=none) -%}
    {%- if rule is none -%}
        cast(null as bigint)
    {%- else -%}
        cast(coalesce(sum(cast({{ rule }} as integer)), 0) as bigint)
    {%- endif -%}
{%- endmacro %}
