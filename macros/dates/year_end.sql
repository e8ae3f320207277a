{# The last day of a return year: 31 March. #}
{% macro year_end(year='return_year') -%}
    make_date({{ year }}, 3, 31)
{%- endmacro %}
