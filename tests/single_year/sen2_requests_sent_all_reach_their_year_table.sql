{# What it finds: a SEN2 return of one authority and year whose requests are more or fewer in the
   year table than were sent.
   When it matters: always; a link of rows to those above them names several rows.
   How to resolve it: see whether two files of one return share the ids of a table, or mend
   row_link; each request must be one row. #}
{{ config(group='sen2') }}

with

counted as (

    select
        la_code,
        return_year,
        1 as rows_sent,
        0 as rows_kept
    from {{ ref('stg_sen2__requests') }}
    union all
    select
        la_code,
        return_year,
        0 as rows_sent,
        1 as rows_kept
    from {{ ref('year_sen2__requests') }}

)

select
    la_code,
    return_year,
    sum(rows_sent) as rows_sent,
    sum(rows_kept) as rows_kept
from counted
group by la_code, return_year
having sum(rows_sent) != sum(rows_kept)
