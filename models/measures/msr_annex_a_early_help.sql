-- One row per measure of early help (list 2), authority, day and breakdown value.
{% set rules = {
    'A201': {'numerator': 'is_assessment'},
    'A201-C': {'numerator': 'is_child'},
    'A202': {'numerator': 'is_assessment and is_completed', 'denominator': 'is_assessment'},
    'A203': {'median': 'length_days_if_completed'},
    'A205': {
        'numerator': 'is_child and is_referred_later',
        'denominator': 'is_child',
        'only': "list_contains(returns.tables_sent, 'referrals')",
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'annex_a'
        and list_contains(tables_sent, 'early_help')

),

year_assessments as (

    select * from {{ ref('year_annex_a__early_help') }}

),

referrals as (

    select * from {{ ref('year_annex_a__referrals') }}

),

first_starts as (

    select
        child_key,
        period_end,
        min(assessment_start_date) as first_start_date
    from year_assessments
    where is_counted
    group by child_key, period_end

),

last_referrals as (

    select
        child_key,
        period_end,
        max(referral_date) as last_referral_date
    from referrals
    where referral_date <= period_end
    group by child_key, period_end

),

assessments as (

    select
        year_assessments.la_code,
        year_assessments.period_end,
        year_assessments.is_counted as is_assessment,
        -- a child counts once, at the latest assessment
        coalesce(year_assessments.ordinal_counted = 1, false) as is_child,
        year_assessments.is_completed,
        case when year_assessments.is_completed_in_period then year_assessments.length_days end
            as length_days_if_completed,
        coalesce(
            last_referrals.last_referral_date > first_starts.first_start_date, false
        ) as is_referred_later,
        year_assessments.sex_code,
        year_assessments.age_band,
        year_assessments.ethnicity_group
    from year_assessments
    left join first_starts
        on
            year_assessments.child_key = first_starts.child_key
            and year_assessments.period_end = first_starts.period_end
    left join last_referrals
        on
            year_assessments.child_key = last_referrals.child_key
            and year_assessments.period_end = last_referrals.period_end

)

{{ count_by_breakdowns('assessments', rules, is_decimal=true, period='period_end') }}
