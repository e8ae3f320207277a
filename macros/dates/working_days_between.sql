{# Working days after the first day up to and including the second, so that the same day
   counts 0. The two arguments are the working_day_number of each day in ref_working_days,
   which the model joins once for each date. #}
{% macro working_days_between(first_day_number, second_day_number) -%}
    ({{ second_day_number }} - {{ first_day_number }})
{%- endmacro %}
