-- One row per spell of a child with a social worker, as returned.
with

allocations as (

    select
        *,
        -- Rows that repeat child, worker and first day are kept apart by an ordinal.
        row_number() over (
            partition by child_year_key, social_worker_key, start_date
            order by end_date desc nulls last, source_file asc, source_row asc
        ) as allocation_ordinal
    from {{ ref('stg_ssda903__sw_episodes') }}

),

children as (

    select * from {{ ref('int_ssda903__children') }}

)

select
    {{ hash_key([
        'allocations.child_year_key', 'allocations.social_worker_key', 'allocations.start_date',
        'allocations.allocation_ordinal'
    ]) }} as social_worker_episode_key,
    allocations.child_year_key,
    allocations.child_key,
    allocations.la_code,
    allocations.return_year,
    allocations.social_worker_key,
    allocations.start_date,
    allocations.end_date,
    allocations.reason_code,
    date_diff('day', allocations.start_date, allocations.end_date) as length_days,
    coalesce(
        allocations.start_date <= {{ year_end('allocations.return_year') }}
        and coalesce(allocations.end_date, 'infinity')
        > {{ year_start('allocations.return_year') }},
        false
    ) as touches_year,
    {{ open_at(
        'allocations.start_date', 'allocations.end_date', year_end('allocations.return_year')
    ) }} as is_open_at_year_end,
    allocations.allocation_ordinal > 1 as is_duplicate
from allocations
inner join children
    on allocations.child_year_key = children.child_year_key
