{# How long a child has been looked after, in the bands of the inspection lists, from two dates. #}
{% macro time_in_care_band(start_date, end_date) -%}
    case
        when {{ start_date }} + interval 6 month > {{ end_date }} then 'Under 6 months'
        when {{ start_date }} + interval 12 month > {{ end_date }} then '6 to under 12 months'
        when {{ start_date }} + interval 2 year > {{ end_date }} then '1 to under 2 years'
        when {{ start_date }} + interval 5 year > {{ end_date }} then '2 to under 5 years'
        when {{ start_date }} is not null then '5 years or more'
        else 'Unknown'
    end
{%- endmacro %}
