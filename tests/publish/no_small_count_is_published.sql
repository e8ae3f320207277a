-- No count of 1 to 5 of an authority, nor two published counts of a percentage that leave 1 to 5.
select
    published.measure_id,
    published.la_code,
    published.period_end,
    published.breakdown,
    published.breakdown_value,
    published.numerator,
    published.denominator
from {{ ref('pub_fct_measures') }} as published
inner join {{ ref('pub_dim_local_authority') }} as places
    on published.la_code = places.la_code
inner join {{ ref('pub_dim_measure') }} as measures
    on published.measure_id = measures.measure_id
where
    places.area_type = 'local_authority'
    and (
        published.numerator between 1 and 5
        or (measures.unit != 'rate' and published.denominator between 1 and 5)
        or (
            measures.unit = 'percent'
            and published.denominator - published.numerator between 1 and 5
        )
    )
