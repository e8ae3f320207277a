-- One row per care leaver measure, authority, year and breakdown value.
{% set rules = {
    'CL-1': {'numerator': 'is_in_touch', 'denominator': 'is_in_cohort'},
    'CL-3': {'numerator': 'is_eet', 'denominator': 'is_in_cohort'},
    'CL-4': {'numerator': 'is_neet', 'denominator': 'is_in_cohort'},
    'CL-5': {'numerator': 'not is_eet and not is_neet', 'denominator': 'is_in_cohort'},
    'CL-8': {
        'numerator': 'is_in_suitability_cohort and is_accommodation_suitable',
        'denominator': 'is_in_suitability_cohort',
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'ssda903'

),

year_care_leavers as (

    select * from {{ ref('year_ssda903__care_leavers') }}

),

care_leavers as (

    select
        la_code,
        return_year,
        is_in_cohort,
        is_in_touch,
        is_eet,
        is_neet,
        is_in_suitability_cohort,
        is_accommodation_suitable,
        sex_code,
        age_group as age_band,
        ethnicity_group
    from year_care_leavers
    -- the ages that are published together; those of 22 to 25 are there only if they ask for help
    where
        is_in_cohort
        and age_group in ('17-18', '19-21')

)

{{ count_by_breakdowns('care_leavers', rules) }}
