-- One row per measure, authority, period and breakdown value, as it was counted.
{% set themes = [
    'msr_cin_referrals',
    'msr_cin_in_need',
    'msr_cin_assessments',
    'msr_cin_factors',
    'msr_cin_enquiries',
    'msr_cin_plans',
    'msr_ssda903_looked_after',
    'msr_ssda903_flows',
    'msr_ssda903_in_year',
    'msr_ssda903_care_leavers',
    'msr_csww_workforce',
    'msr_csww_movement',
    'msr_csww_agency',
    'msr_csww_vacancies',
    'msr_csww_caseload',
    'msr_csww_absence',
    'msr_csww_change',
    'msr_sen2_requests',
    'msr_sen2_assessments',
    'msr_sen2_plans',
    'msr_sen2_new_and_ceased',
    'msr_sen2_reviews',
] %}

with

measures as (

    select * from {{ ref('measures') }}

),

counted as (

    {% for theme in themes %}
        select * from {{ ref(theme) }}
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
