-- One row per return, local authority and year that it was sent for.
with

cin_children as (

    select * from {{ ref('year_cin__children') }}

),

ssda903_children as (

    select * from {{ ref('year_ssda903__children') }}

),

csww_authorities as (

    select * from {{ ref('year_csww__authorities') }}

),

sen2_authorities as (

    select * from {{ ref('year_sen2__authorities') }}

),

-- distinct: an authority and year has as many rows as children
sent as (

    select distinct
        'cin' as return_name,
        la_code,
        return_year
    from cin_children
    union all
    select distinct
        'ssda903' as return_name,
        la_code,
        return_year
    from ssda903_children
    union all
    select
        'csww' as return_name,
        la_code,
        return_year
    from csww_authorities
    union all
    select
        'sen2' as return_name,
        la_code,
        return_year
    from sen2_authorities

)

select
    return_name,
    la_code,
    return_year,
    coalesce(
        lag(return_year) over (partition by return_name, la_code order by return_year)
        = return_year - 1,
        false
    ) as has_previous_return
from sent
