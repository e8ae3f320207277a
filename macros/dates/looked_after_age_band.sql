{# The published age band of a looked-after child. With ceasing=true, as for children who leave
   care, 16 and over is split into 16, 17, and 18 and over. #}
{% macro looked_after_age_band(age, ceasing=false) -%}
    case
        when {{ age }} is null then 'unknown'
        when {{ age }} < 1 then 'under 1'
        when {{ age }} < 5 then '1 to 4'
        when {{ age }} < 10 then '5 to 9'
        when {{ age }} < 16 then '10 to 15'
        when not {{ ceasing | lower }} then '16 and over'
        when {{ age }} < 18 then cast({{ age }} as varchar)
        else '18 and over'
    end
{%- endmacro %}
