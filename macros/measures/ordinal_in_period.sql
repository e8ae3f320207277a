{# Which of a child's rows of the period a row is, the latest first; null for a row that is not of
   the period. #}
{% macro ordinal_in_period(rows, day, is_in_period='is_in_period') -%}
    case
        when {{ rows }}.{{ is_in_period }}
            then
                row_number() over (
                    partition by {{ rows }}.child_key, {{ rows }}.period_end, {{ rows }}.{{ is_in_period }}
                    order by {{ rows }}.{{ day }} desc, {{ rows }}.source_file desc, {{ rows }}.source_row desc
                )
    end
{%- endmacro %}
