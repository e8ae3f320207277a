{# A moment written as YYYY-MM-DDThh:mm:ss, with or without a fraction and a zone; null where
   it is not one. #}
{% macro as_datetime(column) -%}
    try_cast({{ clean(column) }} as timestamptz)
{%- endmacro %}
