-- One row per measure of vacancies, authority and year that it said its vacancies for.
{% set rules = {
    'W09': {'numerator': 'vacancies_fte', 'by': {}},
    'W10': {'numerator': 'vacancies_fte', 'denominator': 'vacancies_fte + in_post_fte', 'by': {}},
    'W11': {'numerator': 'agency_cover_fte', 'by': {}},
    'W12': {'numerator': 'agency_cover_fte', 'denominator': 'agency_fte', 'by': {}},
    'W13': {'numerator': 'agency_cover_fte', 'denominator': 'vacancies_fte', 'by': {}},
} %}

with

authorities as (

    select * from {{ ref('year_csww__authorities') }}

),

workers as (

    select * from {{ ref('year_csww__workers') }}

),

returns as (

    select
        la_code,
        return_year,
        {{ workforce_day('return_year') }} as period_end
    from authorities
    where
        vacancies_fte is not null
        and agency_cover_fte is not null

),

-- what an authority says of itself is one more thing to add up, beside its workers
posts_and_vacancies as (

    select
        la_code,
        return_year,
        vacancies_fte,
        agency_cover_fte,
        0 as agency_fte,
        0 as in_post_fte
    from authorities
    union all
    select
        la_code,
        return_year,
        0 as vacancies_fte,
        0 as agency_cover_fte,
        case when is_agency then fte else 0 end as agency_fte,
        case when is_in_post then fte else 0 end as in_post_fte
    from workers

)

{{ count_by_breakdowns('posts_and_vacancies', rules, is_decimal=true) }}
