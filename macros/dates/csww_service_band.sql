{# Bands of completed years in a post. Their limits are unverified. #}
{% macro csww_service_band(years) -%}
    case
        when {{ years }} < 2 then 'under 2 years'
        when {{ years }} < 5 then '2 to under 5 years'
        when {{ years }} < 10 then '5 to under 10 years'
        when {{ years }} < 20 then '10 to under 20 years'
        when {{ years }} < 30 then '20 to under 30 years'
        when {{ years }} >= 30 then '30 years or more'
        else 'unknown'
    end
{%- endmacro %}
