{# The year in which a published period ends: 2025, 202425, 2024/25, 2018-20, 2024-25 (OT). #}
{% macro published_year(column) -%}
    {%- set two_digits -%}
        try_cast(regexp_extract({{ column }}, '(\d\d)(?: *\(.*\))?$', 1) as integer)
    {%- endset -%}
    {{ two_digits }} + case when {{ two_digits }} < 90 then 2000 else 1900 end
{%- endmacro %}
