{# Numerators and denominators of several measures of one kind of thing, for each authority and
   year that sent the return: for all, and by sex, age band and ethnicity. `things` names a
   relation of one row per thing; a relation called returns must stand beside it. Each rule has a
   numerator and perhaps a denominator (a condition, or a number to add up), `only` (which returns
   it can be worked out for), `also` (further breakdowns and their columns) and `by` (breakdowns in
   place of those three). #}
{% macro count_by_breakdowns(things, rules, is_decimal=false) -%}
    {%- for measure_id, rule in rules.items() %}
{%- set columns = dict(
    rule.get('by', {'sex': 'sex_code', 'age_band': 'age_band', 'ethnicity': 'ethnicity_group'}),
    **rule.get('also', {})
) %}
select *
from (
    select
        '{{ measure_id }}' as measure_id,
        returns.la_code,
        returns.return_year,
        {{ breakdown_columns(columns) }},
        {{ add_up(rule['numerator'], is_decimal) }} as numerator,
        {{ add_up(rule.get('denominator'), is_decimal) }} as denominator
    from returns
    left join {{ things }}
        on returns.la_code = {{ things }}.la_code and returns.return_year = {{ things }}.return_year
    where {{ rule.get('only', 'true') }}
    group by grouping sets (
        (returns.la_code, returns.return_year)
        {%- for column in columns.values() %}, (returns.la_code, returns.return_year, {{ column }}){% endfor %}
    )
) as counted
where breakdown = 'all' or numerator > 0 or denominator > 0
{{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
