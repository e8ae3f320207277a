-- No breakdown of an authority hides a single count, or hides a total and shows all its parts.
with

published as (

    select published.*
    from {{ ref('pub_fct_measures') }} as published
    inner join {{ ref('pub_dim_local_authority') }} as places
        on published.la_code = places.la_code
    where
        places.area_type = 'local_authority'
        -- the episodes of one factor may have others as well
        and published.breakdown != 'factor'

),

breakdowns as (

    select
        measure_id,
        la_code,
        period_end,
        breakdown,
        count(*) filter (where numerator is null) as hidden_parts
    from published
    where breakdown != 'all'
    group by measure_id, la_code, period_end, breakdown

)

select breakdowns.*
from breakdowns
inner join published as totals
    on
        breakdowns.measure_id = totals.measure_id
        and breakdowns.la_code = totals.la_code
        and breakdowns.period_end = totals.period_end
        and totals.breakdown = 'all'
where
    (totals.numerator is not null and breakdowns.hidden_parts = 1)
    or (totals.numerator is null and breakdowns.hidden_parts = 0)
