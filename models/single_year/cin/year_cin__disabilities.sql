-- One row per child, authority, return year and disability code.
with

disabilities as (

    select * from {{ ref('stg_cin__disabilities') }}

)

-- distinct: a code may be sent twice, within one record of a child or in two records of one child
select distinct
    child_year_key,
    child_key,
    la_code,
    return_year,
    disability_code,
    disability_code != 'NONE' as is_disability
from disabilities
where disability_code is not null
