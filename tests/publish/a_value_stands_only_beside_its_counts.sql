-- Nothing is said of a hidden count by a value, and nothing is marked hidden that is not.
select
    measure_id,
    la_code,
    period_end,
    breakdown,
    breakdown_value,
    numerator,
    denominator,
    status
from {{ ref('pub_fct_measures') }}
where
    (status = 'suppressed' and value is not null)
    or (value is not null and numerator is null)
    or (status = 'suppressed' and numerator is not null and denominator is not null)
    or (status in ('shown', 'rounded') and numerator is null)
