-- One row per child whose earlier permanence arrangement is told.
with

arrangements as (

    select
        *,
        -- One row a child is asked for; of several, the last in the return counts.
        row_number() over (
            partition by child_year_key order by source_file desc, source_row desc
        ) as arrangement_rank
    from {{ ref('stg_ssda903__prev_perm') }}

),

children as (

    select * from {{ ref('int_ssda903__children') }}

)

select
    arrangements.child_year_key,
    arrangements.child_key,
    arrangements.la_code,
    arrangements.return_year,
    arrangements.previous_permanence_code,
    coalesce(arrangements.previous_permanence_code in ('P1', 'P2', 'P3', 'P4'), false)
        as has_previous_permanence,
    arrangements.previous_permanence_la_code,
    arrangements.order_date,
    arrangements.order_year,
    arrangements.order_month,
    arrangements.order_day,
    {{ age_at(
        'coalesce(arrangements.birth_date, children.birth_date)', 'arrangements.order_date'
    ) }} as age_at_order
from arrangements
inner join children
    on arrangements.child_year_key = children.child_year_key
where arrangements.arrangement_rank = 1
