{# Whether a date lies in the calendar year before the return year, which SEN2 counts flows for;
   false where there is no date. #}
{% macro in_calendar_year_before(day, year='return_year') -%}
    coalesce(year({{ day }}) = {{ year }} - 1, false)
{%- endmacro %}
