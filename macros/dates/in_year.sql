{# Whether a date lies in a return year, both ends included; false where there is no date. #}
{% macro in_year(day, year='return_year') -%}
    coalesce({{ day }} between {{ year_start(year) }} and {{ year_end(year) }}, false)
{%- endmacro %}
