{# Whether a date lies in so many months before a day, the day itself within; false where there is
   no date. #}
{% macro in_months_before(day, months, last_day='period_end') -%}
    coalesce(
        {{ day }} > {{ last_day }} - interval {{ months }} month and {{ day }} <= {{ last_day }}, false
    )
{%- endmacro %}
