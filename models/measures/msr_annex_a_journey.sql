-- One row per measure of how far children went from one list to the next, authority and day.
{% set steps = [
    ('contacts', 'contacts', 'contact_date', 'is_in_period'),
    ('referrals', 'referrals', 'referral_date', 'is_in_period'),
    ('assessments', 'assessments', 'assessment_start_date',
        'is_open_at_period_end or is_authorised_in_period'),
    ('section_47', 'section_47s', 'strategy_discussion_date', 'is_in_period'),
    ('child_protection', 'child_protection_plans', 'cpp_start_date',
        'is_open_at_period_end or is_ended_in_period'),
    ('children_in_care', 'children_in_care', 'cla_start_date',
        'is_open_at_period_end or is_ceased_in_period'),
] %}
{% set ids = ['A1201-1', 'A1201-3', 'A1201-4', 'A1201-5', 'A1201-7'] %}
{% set rules = {} %}
{% for measure_id in ids %}
    {% set _ = rules.update({measure_id: {
        'numerator': 'step = ' ~ loop.index ~ ' and is_followed',
        'denominator': 'step = ' ~ loop.index,
        'only': "list_has_all(returns.tables_sent, ['" ~ steps[loop.index0][0] ~ "', '"
            ~ steps[loop.index][0] ~ "'])",
    }}) %}
{% endfor %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'annex_a'

),

-- the first and the last day of each child on each list
on_lists as (

    {% for list, table, day, condition in steps %}
        select
            {{ loop.index }} as step,
            la_code,
            period_end,
            child_key,
            min({{ day }}) as first_day,
            max({{ day }}) as last_day,
            any_value(sex_code) as sex_code,
            any_value(age_band) as age_band,
            any_value(ethnicity_group) as ethnicity_group
        from {{ ref('year_annex_a__' ~ table) }}
        where {{ condition }}
        group by la_code, period_end, child_key
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

children as (

    select
        on_lists.la_code,
        on_lists.period_end,
        on_lists.step,
        coalesce(next_lists.last_day > on_lists.first_day, false) as is_followed,
        on_lists.sex_code,
        on_lists.age_band,
        on_lists.ethnicity_group
    from on_lists
    left join on_lists as next_lists
        on
            on_lists.child_key = next_lists.child_key
            and on_lists.period_end = next_lists.period_end
            and on_lists.step + 1 = next_lists.step

)

{{ count_by_breakdowns('children', rules, is_decimal=true, period='period_end') }}
