{# A count to the nearest 10, halves up. #}
{% macro round_to_10(count) -%}
    cast(floor(({{ count }} + 5) / 10.0) * 10 as decimal(18, 6))
{%- endmacro %}
