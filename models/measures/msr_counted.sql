-- One row per measure, authority, period and breakdown value, as it was counted.
{% set themes = {
    'cin': ['referrals', 'in_need', 'assessments', 'factors', 'enquiries', 'plans'],
    'ssda903': ['looked_after', 'flows', 'in_year', 'care_leavers'],
    'csww': [
        'workforce', 'movement', 'agency', 'vacancies', 'caseload', 'absence', 'change',
    ],
    'sen2': ['requests', 'assessments', 'plans', 'new_and_ceased', 'reviews'],
    'annex_a': [
        'contacts', 'early_help', 'referrals', 'assessments', 'section_47s', 'children_in_need',
        'child_protection', 'children_in_care', 'care_checks', 'care_leavers', 'adoptions',
        'adopters', 'journey', 'cross_checks',
    ],
    'annex_a_send': ['plans', 'sen_support'],
    'quarterly': ['returned'],
    'youth_justice': ['outcomes', 'reoffending', 'interventions', 'looked_after'],
    'early_help': ['episodes', 'families', 'needs'],
    'plo': ['pre_proceedings', 'proceedings'],
    'your_choice': ['participants', 'scores', 'delivery'],
    'care_leavers_compact': ['offers', 'outcomes'],
    'covid_weekly': ['children', 'activity'],
} %}
{% set models = [] %}
{% for return_name, names in themes.items() %}
    {% for name in names %}
        {% set _ = models.append('msr_' ~ return_name ~ '_' ~ name) %}
    {% endfor %}
{% endfor %}

with

measures as (

    select * from {{ ref('measures') }}

),

counted as (

    {% for model in models %}
        select * from {{ ref(model) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

totals as (

    select
        measure_id,
        la_code,
        period_end,
        denominator is not null as has_denominator
    from counted
    where breakdown = 'all'

),

-- distinct: a value that any authority has counted is a value of that period for all of them
breakdown_values as (

    select distinct
        measure_id,
        period_end,
        breakdown,
        breakdown_value
    from counted

)

-- none counted is 0, in every authority and period that the measure can be worked out for
select
    totals.measure_id,
    totals.la_code,
    totals.period_end,
    breakdown_values.breakdown,
    breakdown_values.breakdown_value,
    cast(
        -- there is no median of none
        coalesce(counted.numerator, case when measures.unit = 'median' then null else 0 end)
        as decimal(18, 6)
    ) as numerator,
    case
        when totals.has_denominator then cast(coalesce(counted.denominator, 0) as decimal(18, 6))
    end as denominator
from totals
left join measures
    on totals.measure_id = measures.measure_id
inner join breakdown_values
    on
        totals.measure_id = breakdown_values.measure_id
        and totals.period_end = breakdown_values.period_end
left join counted
    on
        totals.measure_id = counted.measure_id
        and totals.la_code = counted.la_code
        and totals.period_end = counted.period_end
        and breakdown_values.breakdown = counted.breakdown
        and breakdown_values.breakdown_value = counted.breakdown_value
