{# The day that the workforce census of a year describes: 30 September. #}
{% macro workforce_day(year='return_year') -%}
    make_date({{ year }}, 9, 30)
{%- endmacro %}
