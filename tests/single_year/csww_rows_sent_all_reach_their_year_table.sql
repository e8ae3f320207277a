{# What it finds: a workforce census of one authority and year whose records are more or fewer in
   the year table than were sent.
   When it matters: always; a join has dropped or multiplied rows.
   How to resolve it: mend the join of year_csww__workers; each record must be one row. #}
{{ config(group='csww') }}

with

counted as (

    select
        la_code,
        return_year,
        1 as rows_sent,
        0 as rows_kept
    from {{ ref('stg_csww__workers') }}
    union all
    select
        la_code,
        return_year,
        0 as rows_sent,
        1 as rows_kept
    from {{ ref('year_csww__workers') }}

)

select
    la_code,
    return_year,
    sum(rows_sent) as rows_sent,
    sum(rows_kept) as rows_kept
from counted
group by la_code, return_year
having sum(rows_sent) != sum(rows_kept)
