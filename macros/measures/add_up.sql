{# How many rows meet a condition, or the sum of a number; 0 for no rows, null for no rule. With
   is_decimal=true the number may have decimal places. #}
{% macro add_up(rule=none, is_decimal=false) -%}
    {%- set part = 'decimal(18, 6)' if is_decimal else 'integer' -%}
    {%- set total = 'decimal(18, 6)' if is_decimal else 'bigint' -%}
    {%- if rule is none -%}
        cast(null as {{ total }})
    {%- else -%}
        cast(coalesce(sum(cast({{ rule }} as {{ part }})), 0) as {{ total }})
    {%- endif -%}
{%- endmacro %}
