-- One row per measure of reoffending, authority, quarter of the first outcome and breakdown value.
{% set rules = {
    'Y02': {'numerator': 'reoffence_count > 0', 'denominator': 'true'},
    'Y03': {'numerator': 'reoffence_count', 'denominator': 'reoffence_count > 0'},
} %}

with

-- twelve months to offend in and six more to deal with it: the six quarters that follow
returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'youth_justice'
        and list_has_all(tables_sent, ['persons', 'offences', 'outcomes'])
    qualify
        count(distinct date_trunc('quarter', period_end)) over (
            partition by la_code
            order by year(period_end) * 4 + quarter(period_end)
            range between current row and 6 following
        ) = 7

),

year_children as (

    select * from {{ ref('year_youth_justice__children') }}

),

year_offences as (

    select * from {{ ref('year_youth_justice__offences') }}

),

year_outcomes as (

    select * from {{ ref('year_youth_justice__outcomes') }}

),

first_outcomes as (

    select
        yj_person_key,
        period_end,
        min(outcome_date) as outcome_date
    from year_outcomes
    where is_in_quarter
    group by yj_person_key, period_end

),

-- several quarters may tell of an offence; what is dealt with informally is not proven
proven_offences as (

    select
        year_offences.yj_person_key,
        year_offences.offence_key,
        min(year_offences.offence_date) as offence_date,
        min(year_outcomes.outcome_date) as outcome_date
    from year_offences
    inner join year_outcomes
        on year_offences.offence_key = year_outcomes.offence_key
    where year_outcomes.outcome_tier_code != 'NONSTAT'
    group by year_offences.yj_person_key, year_offences.offence_key

),

cohort as (

    select
        year_children.la_code,
        year_children.period_end,
        count(proven_offences.offence_key) as reoffence_count,
        year_children.sex_code,
        year_children.age_band,
        year_children.ethnicity_group
    from year_children
    inner join first_outcomes
        on
            year_children.yj_person_key = first_outcomes.yj_person_key
            and year_children.period_end = first_outcomes.period_end
    left join proven_offences
        on
            year_children.yj_person_key = proven_offences.yj_person_key
            and first_outcomes.outcome_date < proven_offences.offence_date
            and first_outcomes.outcome_date + interval 12 month >= proven_offences.offence_date
            and first_outcomes.outcome_date + interval 18 month >= proven_offences.outcome_date
    group by
        year_children.la_code, year_children.period_end, year_children.yj_person_key,
        year_children.sex_code, year_children.age_band, year_children.ethnicity_group

)

{{ count_by_breakdowns('cohort', rules, period='period_end') }}
