-- One row per return, period and local authority of the region: whether it sent the return, and
-- what a reader has to know.
with

coverage as (

    select * from {{ ref('dq_coverage') }}

)

select
    return_name,
    period_end,
    return_year,
    la_code,
    is_expected,
    is_sent,
    caveat
from coverage
