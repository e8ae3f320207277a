{# The first day of a return year: 1 April of the calendar year before the one it is named
   after. #}
{% macro year_start(year='return_year') -%}
    make_date({{ year }} - 1, 4, 1)
{%- endmacro %}
