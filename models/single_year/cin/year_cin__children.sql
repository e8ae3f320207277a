-- One row per child, authority and return year.
with

children as (

    select * from {{ ref('int_cin__children') }}

),

characteristics as (

    select * from {{ ref('stg_cin__child_characteristics') }}

),

disabilities as (

    select * from {{ ref('year_cin__disabilities') }}

),

sex_codes as (

    select * from {{ ref('map_cin__sex') }}

),

ethnicity_groups as (

    select * from {{ ref('group_ethnicity') }}

),

latest_characteristics as (

    select * from characteristics
    -- a child that stands twice in a file is described by its last row there
    qualify
        row_number() over (
            partition by child_year_key order by source_file desc, source_row desc
        ) = 1

),

disabled_children as (

    -- one row per child, however many disabilities
    select distinct child_year_key
    from disabilities
    where is_disability

),

settled as (

    select
        children.*,
        cast({{ age_at('children.birth_date', year_end('children.return_year')) }} as integer)
            as age_at_year_end,
        -- Sex replaced GenderCurrent in 2025, and some files still carry the other one
        case
            when children.is_unborn then 'U'
            when children.return_year >= 2025 then coalesce(sex.sex_code, gender.sex_code, 'U')
            else coalesce(gender.sex_code, sex.sex_code, 'U')
        end as settled_sex_code
    from children
    left join sex_codes as sex
        on sex.field = 'Sex' and children.sex_code = sex.code
    left join sex_codes as gender
        on gender.field = 'GenderCurrent' and children.gender_current_code = gender.code

)

select
    settled.child_year_key,
    settled.child_key,
    settled.la_code,
    settled.return_year,
    settled.settled_sex_code as sex_code,
    cast(date_trunc('month', settled.birth_date) as date) as birth_month,
    settled.is_unborn,
    settled.age_at_year_end,
    {{ cin_age_band('settled.age_at_year_end', 'settled.is_unborn') }} as age_band,
    {{ in_year('settled.death_date', 'settled.return_year') }} as died_in_year,
    latest_characteristics.ethnicity_code,
    coalesce(ethnicity_groups.ethnicity_group, 'Unknown') as ethnicity_group,
    disabled_children.child_year_key is not null as has_disability,
    settled.has_upn
from settled
left join latest_characteristics
    on settled.child_year_key = latest_characteristics.child_year_key
left join ethnicity_groups
    on latest_characteristics.ethnicity_code = ethnicity_groups.code
left join disabled_children
    on settled.child_year_key = disabled_children.child_year_key
