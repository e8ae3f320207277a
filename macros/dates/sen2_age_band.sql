{# The age bands of the tables on education, health and care plans. Their limits are unverified. #}
{% macro sen2_age_band(age) -%}
    case
        when {{ age }} < 5 then 'under 5'
        when {{ age }} <= 10 then '5 to 10'
        when {{ age }} <= 15 then '11 to 15'
        when {{ age }} <= 19 then '16 to 19'
        when {{ age }} >= 20 then '20 and over'
        else 'unknown'
    end
{%- endmacro %}
