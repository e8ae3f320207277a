{# The age bands of the children in need tables, from completed years of age and whether the child
   was unborn on that day. #}
{% macro cin_age_band(age, is_unborn) -%}
    case
        when {{ is_unborn }} then 'unborn'
        when {{ age }} < 1 then 'under 1'
        when {{ age }} <= 4 then '1 to 4'
        when {{ age }} <= 9 then '5 to 9'
        when {{ age }} <= 15 then '10 to 15'
        when {{ age }} <= 17 then '16 to 17'
        when {{ age }} >= 18 then '18 and over'
        else 'unknown'
    end
{%- endmacro %}
