{# A whole number; a spreadsheet's trailing '.0' is allowed, any other fraction is null. #}
{% macro as_integer(column) -%}
    try_cast(regexp_replace({{ clean(column) }}, '\.0+$', '') as integer)
{%- endmacro %}
