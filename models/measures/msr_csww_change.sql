-- One row per measure of change from one year to the next, authority and year.
{% set rules = {
    'W29': {'numerator': 'fte_now - fte_before', 'denominator': 'fte_before', 'by': {}},
    'W30': {
        'numerator': 'is_in_post_before and is_in_post_now',
        'denominator': 'is_in_post_before',
        'by': {},
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'csww'
        and has_previous_return

),

workers as (

    select * from {{ ref('year_csww__workers') }}
    where is_in_post

),

-- each post stands in its own year, and in the next as a post of the year before
both_years as (

    select
        la_code,
        return_year,
        worker_key,
        fte as fte_now,
        0 as fte_before,
        true as is_in_post_now
    from workers
    union all
    select
        la_code,
        return_year + 1 as return_year,
        worker_key,
        0 as fte_now,
        fte as fte_before,
        false as is_in_post_now
    from workers

),

people as (

    select
        la_code,
        return_year,
        worker_key,
        sum(fte_now) as fte_now,
        sum(fte_before) as fte_before,
        bool_or(is_in_post_now) as is_in_post_now,
        bool_or(not is_in_post_now) as is_in_post_before
    from both_years
    group by la_code, return_year, worker_key

)

{{ count_by_breakdowns('people', rules, is_decimal=true) }}
