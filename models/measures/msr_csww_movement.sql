-- One row per measure of starters and leavers, authority, year and breakdown value.
{% set rules = {
    'W03': {'numerator': 'starter_fte'},
    'W03-H': {'numerator': 'is_starter'},
    'W04': {'numerator': 'is_leaver'},
    'W05': {'numerator': 'leaver_fte'},
    'W06': {'numerator': 'leaver_fte', 'denominator': 'in_post_fte'},
    'W06-H': {'numerator': 'is_leaver', 'denominator': 'is_counted_in_post'},
    'W25': {'numerator': 'is_starter and is_newly_qualified', 'denominator': 'is_starter'},
    'starters of known origin': {
        'numerator': 'is_starter and is_origin_known',
        'by': {'origin': 'origin'},
    },
    'leavers of known destination': {
        'numerator': 'is_leaver and is_destination_known',
        'by': {'destination': 'destination'},
    },
    'leavers of known reason': {
        'numerator': 'is_leaver and is_reason_known',
        'by': {'reason': 'reason'},
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

movements as (

    select * from {{ ref('group_csww__movement') }}

),

posts as (

    select
        workers.la_code,
        workers.return_year,
        workers.is_counted_in_post,
        workers.is_counted_starter as is_starter,
        workers.is_counted_leaver as is_leaver,
        case when workers.is_in_post then workers.fte end as in_post_fte,
        case when workers.is_starter then workers.fte end as starter_fte,
        workers.fte_before_leaving as leaver_fte,
        coalesce(workers.start_origin_code = '1', false) as is_newly_qualified,
        coalesce(origins.is_known, false) as is_origin_known,
        coalesce(origins.movement_group, 'Not known') as origin,
        coalesce(destinations.is_known, false) as is_destination_known,
        coalesce(destinations.movement_group, 'Not known') as destination,
        coalesce(reasons.is_known, false) as is_reason_known,
        coalesce(reasons.movement_group, 'Not known') as reason,
        workers.sex_code,
        workers.age_band,
        workers.ethnicity_group
    from workers
    left join movements as origins
        on origins.field = 'StartOrigin' and workers.start_origin_code = origins.code
    left join movements as destinations
        on
            destinations.field = 'LeaverDestination'
            and workers.leaver_destination_code = destinations.code
    left join movements as reasons
        on reasons.field = 'ReasonLeave' and workers.reason_leave_code = reasons.code

)

{{ count_by_breakdowns('posts', rules, is_decimal=true) }}
