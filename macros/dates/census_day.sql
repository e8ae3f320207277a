{# The day of the SEN2 census of a year since 2022: the third Thursday of January. #}
{% macro census_day(year='return_year') -%}
    make_date(
        {{ year }}, 1, 15 + cast((11 - isodow(make_date({{ year }}, 1, 15))) % 7 as integer)
    )
{%- endmacro %}
