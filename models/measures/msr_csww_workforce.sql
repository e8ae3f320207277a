-- One row per measure of social workers in post, authority, year and breakdown value.
{% set rules = {
    'W01': {
        'numerator': 'in_post_fte',
        'also': {'role': 'role_name', 'length_of_service': 'service_band'},
    },
    'W02': {'numerator': 'is_counted', 'also': {'role': 'role_name'}},
    'W19': {'numerator': 'is_counted and is_absent', 'denominator': 'is_counted'},
    'W27': {'numerator': 'is_counted and is_step_up_graduate', 'denominator': 'is_counted'},
    'W27-F': {'numerator': 'is_counted and is_frontline_graduate', 'denominator': 'is_counted'},
    'workers of known age': {
        'numerator': "is_counted and age_band != 'unknown'",
        'by': {'age_band': 'age_band'},
    },
    'workers of known sex': {
        'numerator': "is_counted and sex_code != 'U'",
        'by': {'sex': 'sex_code'},
    },
    'workers of known ethnicity': {
        'numerator': "is_counted and ethnicity_group != 'Unknown'",
        'by': {'ethnicity': 'ethnicity_group'},
    },
    'workers of known start': {
        'numerator': "is_counted and service_band != 'unknown'",
        'by': {'length_of_service': 'service_band'},
    },
    'workers absent': {
        'numerator': 'is_counted and is_absent',
        'by': {'absence_reason': 'absence_reason'},
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'csww'

),

workers as (

    select * from {{ ref('year_csww__workers') }}

),

posts as (

    select
        la_code,
        return_year,
        fte as in_post_fte,
        is_counted_in_post as is_counted,
        coalesce(is_absent, false) as is_absent,
        coalesce(absence_reason_code, 'Not stated') as absence_reason,
        is_step_up_graduate,
        is_frontline_graduate,
        role_name,
        service_band,
        sex_code,
        age_band,
        ethnicity_group
    from workers
    where is_in_post

)

{{ count_by_breakdowns('posts', rules, is_decimal=true) }}
