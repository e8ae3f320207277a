-- One row per published measure.
with

measures as (

    select * from {{ ref('measures') }}

)

select
    measure_id,
    measure_name,
    return_name,
    theme,
    definition,
    numerator,
    denominator,
    split_by,
    polarity,
    unit,
    rate_per,
    decimals,
    is_child_count,
    first_year,
    source,
    evidence
from measures
