{# Whether a date lies in the year to 30 September that the workforce census describes, both ends
   included; false where there is no date. #}
{% macro in_workforce_year(day, year='return_year') -%}
    coalesce(
        {{ day }} between make_date({{ year }} - 1, 10, 1) and {{ workforce_day(year) }}, false
    )
{%- endmacro %}
