-- One row per quarterly indicator, authority and quarter that can be told from its own returns.
with

need as (

    select * from {{ ref('msr_quarterly_need') }}

),

protection as (

    select * from {{ ref('msr_quarterly_protection') }}

),

care as (

    select * from {{ ref('msr_quarterly_care') }}

),

counted as (

    select * from need
    union all
    select * from protection
    union all
    select * from care

)

select
    indicator_id,
    la_code,
    return_year,
    period_end,
    numerator,
    denominator
from counted
