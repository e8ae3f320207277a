{# A number, with six decimal places kept; null where it is none. #}
{% macro as_decimal(column) -%}
    try_cast({{ clean(column) }} as decimal(18, 6))
{%- endmacro %}
