{# The published age bands of the social work workforce. #}
{% macro csww_age_band(age) -%}
    case
        when {{ age }} < 20 then 'under 20'
        when {{ age }} < 30 then '20 to 29'
        when {{ age }} < 40 then '30 to 39'
        when {{ age }} < 50 then '40 to 49'
        when {{ age }} < 60 then '50 to 59'
        when {{ age }} >= 60 then '60 and over'
        else 'unknown'
    end
{%- endmacro %}
