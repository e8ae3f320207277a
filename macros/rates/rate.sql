{# A rate: numerator per so many of the denominator. Null, never infinity, where the
   denominator is null or 0. #}
{% macro rate(numerator, denominator, per=1) -%}
    {{ per }} * {{ numerator }} / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}
