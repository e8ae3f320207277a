-- Nothing is said of a hidden count by a value, and nothing is marked hidden that is not. A median
-- has no numerator, and stands beside the more than ten that it is of.
select
    published.measure_id,
    published.la_code,
    published.period_end,
    published.breakdown,
    published.breakdown_value,
    published.numerator,
    published.denominator,
    published.status
from {{ ref('pub_fct_measures') }} as published
inner join {{ ref('pub_dim_measure') }} as measures
    on published.measure_id = measures.measure_id
where
    (published.status = 'suppressed' and published.value is not null)
    or (
        published.status = 'suppressed'
        and published.numerator is not null
        and published.denominator is not null
    )
    or (
        measures.unit != 'median'
        and published.numerator is null
        and (published.value is not null or published.status in ('shown', 'rounded'))
    )
    or (
        measures.unit = 'median'
        and published.value is not null
        and coalesce(published.denominator <= 10, true)
    )
