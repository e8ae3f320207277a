-- One row per child, authority and return year, with the exact dates: they stay in the vault.
{{ config(database='vault', schema='staging', materialized='table', access='private') }}

with

identifiers as (

    select * from {{ ref('stg_cin__child_identifiers') }}

),

characteristics as (

    select * from {{ ref('stg_cin__child_characteristics') }}

),

cin_details as (

    select * from {{ ref('stg_cin__cin_details') }}

),

-- Every child of the file, also one without identifiers; a plain union removes the repeats.
child_years as (

    select
        child_year_key,
        child_key,
        la_code,
        return_year
    from identifiers
    union distinct
    select
        child_year_key,
        child_key,
        la_code,
        return_year
    from characteristics
    union distinct
    select
        child_year_key,
        child_key,
        la_code,
        return_year
    from cin_details

),

latest_identifiers as (

    select * from identifiers
    -- a child that stands twice in a file is who its last row there says
    qualify
        row_number() over (
            partition by child_year_key order by source_file desc, source_row desc
        ) = 1

)

select
    child_years.child_year_key,
    child_years.child_key,
    child_years.la_code,
    child_years.return_year,
    latest_identifiers.birth_date,
    latest_identifiers.death_date,
    coalesce(
        latest_identifiers.birth_date > {{ year_end('child_years.return_year') }},
        latest_identifiers.expected_birth_date is not null
    ) as is_unborn,
    latest_identifiers.gender_current_code,
    latest_identifiers.sex_code,
    latest_identifiers.upn is not null as has_upn
from child_years
left join latest_identifiers
    on child_years.child_year_key = latest_identifiers.child_year_key
