-- One row per measure of plans in force on the census day, authority, year and breakdown value.
{% set rules = {
    'S01': {
        'numerator': 'is_counted',
        'also': {'primary_need': 'primary_need_group', 'placement': 'placement_group'},
    },
    'S02': {'numerator': 'is_counted', 'by': {}},
    'S25': {
        'numerator': 'named_urn != attended_urn',
        'denominator': 'named_urn is not null and attended_urn is not null',
    },
    'S27': {'numerator': "residential_code = 'A'", 'denominator': 'is_counted'},
    'S27-B': {'numerator': "residential_code = 'B'", 'denominator': 'is_counted'},
    'S28': {'numerator': 'is_work_based', 'denominator': 'is_16_or_over'},
    'S28-S': {
        'numerator': "is_work_based and work_based_code = 'S'",
        'denominator': 'is_16_or_over',
    },
    'S28-A': {
        'numerator': "is_work_based and work_based_code = 'A'",
        'denominator': 'is_16_or_over',
    },
    'S28-T': {
        'numerator': "is_work_based and work_based_code = 'T'",
        'denominator': 'is_16_or_over',
    },
    'S34': {'numerator': 'has_personal_budget', 'denominator': 'is_counted'},
    'S34-O': {
        'numerator': 'has_personal_budget and has_organised_arrangements',
        'denominator': 'is_counted',
    },
    'S34-E': {'numerator': "direct_payment_code = 'E'", 'denominator': 'is_counted'},
    'S34-S': {'numerator': "direct_payment_code = 'S'", 'denominator': 'is_counted'},
    'S34-H': {'numerator': "direct_payment_code = 'H'", 'denominator': 'is_counted'},
    'S34-I': {'numerator': "direct_payment_code = 'I'", 'denominator': 'is_counted'},
    'S36': {'numerator': 'transferred_from is not null', 'denominator': 'is_counted'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'sen2'

),

year_plans as (

    select * from {{ ref('year_sen2__plans') }}
    where is_in_force

),

plans as (

    select
        la_code,
        return_year,
        true as is_counted,
        coalesce(age_at_31_august >= 16, false) as is_16_or_over,
        coalesce(age_at_31_august >= 16 and work_based_code in ('S', 'A', 'T'), false)
            as is_work_based,
        primary_need_group,
        placement_group,
        named_urn,
        attended_urn,
        residential_code,
        work_based_code,
        has_personal_budget,
        has_organised_arrangements,
        direct_payment_code,
        transferred_from,
        sex_code,
        age_band,
        ethnicity_group
    from year_plans

)

{{ count_by_breakdowns('plans', rules) }}
