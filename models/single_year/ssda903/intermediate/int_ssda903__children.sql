-- One row per child and return year that any table names, with the exact birth date (vault only).
with

headers as (

    select
        *,
        -- A child may stand in the header twice; the last row that has a birth date counts.
        row_number() over (
            partition by child_year_key
            order by birth_date is null, source_file desc, source_row desc
        ) as header_rank
    from {{ ref('stg_ssda903__header') }}

),

uasc as (

    select
        child_year_key,
        max(sex_code) as sex_code,
        -- A row without an end says that the status is current, whatever another row says.
        case when bool_and(uasc_end_date is not null) then max(uasc_end_date) end as uasc_end_date
    from {{ ref('stg_ssda903__uasc') }}
    group by child_year_key

),

sexes as (

    select * from {{ ref('map_ssda903__sex') }}

),

mentions as (

    select * from {{ ref('int_ssda903__mentions') }}

),

children as (

    select
        child_year_key,
        child_key,
        la_code,
        return_year,
        min(birth_date) as birth_date
    from mentions
    group by child_year_key, child_key, la_code, return_year

)

select
    children.child_year_key,
    children.child_key,
    children.la_code,
    children.return_year,
    headers.child_year_key is not null as is_in_header,
    coalesce(headers.birth_date, children.birth_date) as birth_date,
    coalesce(
        nullif(header_sexes.sex_code, 'U'), nullif(uasc_sexes.sex_code, 'U'), 'U'
    ) as sex_code,
    headers.ethnicity_code,
    coalesce(headers.upn not like 'UN%', false) as has_upn,
    headers.is_mother,
    uasc.child_year_key is not null or coalesce(headers.is_uasc, false) as is_uasc_in_year,
    uasc.uasc_end_date
from children
left join headers
    on
        children.child_year_key = headers.child_year_key
        and headers.header_rank = 1
left join uasc
    on children.child_year_key = uasc.child_year_key
left join sexes as header_sexes
    on headers.sex_code = header_sexes.code
left join sexes as uasc_sexes
    on uasc.sex_code = uasc_sexes.code
