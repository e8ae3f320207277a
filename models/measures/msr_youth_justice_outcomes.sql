-- One row per measure of outcomes of offences, authority, quarter and breakdown value.
{% set rules = {
    'Y01': {'numerator': 'is_first_time_entrant'},
    'Y04': {'numerator': 'custody_count'},
    'Y10': {
        'numerator': 'serious_violence_count',
        'only': "list_contains(tables_sent, 'offences')",
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'youth_justice' and list_has_all(tables_sent, ['persons', 'outcomes'])

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

outcomes as (

    select
        year_outcomes.yj_person_key,
        year_outcomes.period_end,
        bool_or(coalesce(year_outcomes.is_first_time_entrant, false)) as is_first_time_entrant,
        count(*) filter (where year_outcomes.outcome_tier_code = 'CUSTODY') as custody_count,
        count(*) filter (where year_offences.is_serious_violence) as serious_violence_count
    from year_outcomes
    left join year_offences
        on
            year_outcomes.offence_key = year_offences.offence_key
            and year_outcomes.period_end = year_offences.period_end
    where year_outcomes.is_in_quarter
    group by year_outcomes.yj_person_key, year_outcomes.period_end

),

children as (

    select
        year_children.la_code,
        year_children.period_end,
        outcomes.is_first_time_entrant,
        outcomes.custody_count,
        outcomes.serious_violence_count,
        year_children.sex_code,
        year_children.age_band,
        year_children.ethnicity_group
    from year_children
    inner join outcomes
        on
            year_children.yj_person_key = outcomes.yj_person_key
            and year_children.period_end = outcomes.period_end

)

{{ count_by_breakdowns('children', rules, period='period_end') }}
