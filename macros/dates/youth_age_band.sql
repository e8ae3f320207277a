{# The age band of a young person, as youth justice statistics part children of 10 to 17. #}
{% macro youth_age_band(age) -%}
    case
        when {{ age }} < 10 then 'under 10'
        when {{ age }} <= 14 then '10 to 14'
        when {{ age }} <= 17 then '15 to 17'
        when {{ age }} is not null then '18 and over'
        else 'unknown'
    end
{%- endmacro %}
