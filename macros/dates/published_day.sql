{# The day on which a published period ends, by its rule: MM-DD, or third Thursday of MM. #}
{% macro published_day(year, rule) -%}
    {%- set fifteenth -%}
        try_cast({{ year }} || '-' || right({{ rule }}, 2) || '-15' as date)
    {%- endset -%}
    case
        when {{ rule }} like 'third Thursday of %'
            then {{ fifteenth }} + cast((11 - isodow({{ fifteenth }})) % 7 as integer)
        else try_cast({{ year }} || '-' || {{ rule }} as date)
    end
{%- endmacro %}
