{# The published band of the time between two dates, in calendar months: just 3 months is in the
   lowest band, just 2 years in the highest. #}
{% macro duration_band(start_date, end_date) -%}
    case
        when {{ start_date }} + interval 3 month >= {{ end_date }} then '3 months or less'
        when {{ start_date }} + interval 6 month >= {{ end_date }} then 'Over 3 to 6 months'
        when {{ start_date }} + interval 12 month > {{ end_date }} then 'Over 6 months to under 1 year'
        when {{ start_date }} + interval 24 month > {{ end_date }} then '1 to under 2 years'
        when {{ start_date }} is not null then '2 years or more'
        else 'Unknown'
    end
{%- endmacro %}
