-- Every total of an area is a multiple of 10, but for populations.
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
    places.area_type != 'local_authority'
    and (
        published.numerator % 10 != 0
        or (measures.unit != 'rate' and published.denominator % 10 != 0)
        or published.la_count > published.la_expected
    )
