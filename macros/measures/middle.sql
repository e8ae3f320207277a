{# The median of a number; null for no rows. #}
{% macro middle(number) -%}
    cast(median({{ number }}) as decimal(18, 6))
{%- endmacro %}
