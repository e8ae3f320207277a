{# A whole number; a spreadsheet's trailing '.0' is allowed, any other fraction is null. #}
{% macro as_integer(column) -%}
    try_cast(regexp_extract({{ clean(column) }}, '^([+-]?\d+)(\.0+)?$', 1) as integer)
{%- endmacro %}
