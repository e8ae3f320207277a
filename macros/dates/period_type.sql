{# What kind of period a return of a day is of, by the name of the return; null for any other. #}
{% macro period_type(return_name='return_name') -%}
    case {{ return_name }}
        when 'annex_a' then 'snapshot'
        when 'annex_a_send' then 'snapshot'
        when 'care_leavers_compact' then 'snapshot'
        when 'covid_weekly' then 'week'
        when 'early_help' then 'quarter'
        when 'plo' then 'quarter'
        when 'quarterly' then 'quarter'
        when 'your_choice' then 'quarter'
        when 'youth_justice' then 'quarter'
    end
{%- endmacro %}
