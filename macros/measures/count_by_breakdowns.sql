{# Numerators and denominators of several measures of one kind of thing, for each authority and
   period that sent the return: for all, and by sex, age band and ethnicity. `things` names a
   relation of one row per thing; a relation called returns must stand beside it, and `period` is
   the column they share: return_year, or period_end where several days fall in one year. Each rule
   has a numerator and perhaps a denominator (a condition, or a number to add up), or a number to
   take the median of (with is_decimal); `only` (which returns it can be worked out for), `also`
   (further breakdowns and their columns) and `by` (breakdowns in place of all others). `also` beside
   the rules is for each that has no `by`. #}
{% macro count_by_breakdowns(things, rules, is_decimal=false, period='return_year', also={}) -%}
    {%- for measure_id, rule in rules.items() %}
{%- set columns = dict(
    rule.get('by', dict(
        {'sex': 'sex_code', 'age_band': 'age_band', 'ethnicity': 'ethnicity_group'}, **also
    )),
    **rule.get('also', {})
) %}
select *
from (
    select
        '{{ measure_id }}' as measure_id,
        returns.la_code,
        returns.period_end,
        {{ breakdown_columns(columns) }},
        {{ middle(rule['median']) if 'median' in rule
            else add_up(rule['numerator'], is_decimal) }} as numerator,
        {{ add_up(rule['median'] ~ ' is not null' if 'median' in rule
            else rule.get('denominator'), is_decimal) }} as denominator
    from returns
    left join {{ things }}
        on returns.la_code = {{ things }}.la_code and returns.{{ period }} = {{ things }}.{{ period }}
    where {{ rule.get('only', 'true') }}
    group by grouping sets (
        (returns.la_code, returns.period_end)
        {%- for column in columns.values() %}, (returns.la_code, returns.period_end, {{ column }}){% endfor %}
    )
) as counted
where breakdown = 'all' or numerator > 0 or denominator > 0
{{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
