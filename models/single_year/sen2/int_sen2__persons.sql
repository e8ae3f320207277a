-- One row per Person of a SEN2 return, with the exact date of birth: it stays in the vault.
{{ config(database='vault', schema='staging', materialized='table', access='private') }}

with

persons as (

    select * from {{ ref('stg_sen2__persons') }}

),

sex_codes as (

    select * from {{ ref('map_sen2__sex') }}

),

ethnicity_groups as (

    select * from {{ ref('group_ethnicity') }}

)

select
    persons.row_link,
    {{ hash_key(['persons.learner_key', 'persons.return_year']) }} as learner_year_key,
    persons.learner_key,
    persons.la_code,
    persons.return_year,
    persons.birth_date,
    -- Sex replaced GenderCurrent in 2024, and some files still carry the other one
    case
        when persons.return_year >= 2024 then coalesce(sex.sex_code, gender.sex_code, 'U')
        else coalesce(gender.sex_code, sex.sex_code, 'U')
    end as sex_code,
    persons.ethnicity_code,
    coalesce(ethnicity_groups.ethnicity_group, 'Unknown') as ethnicity_group,
    persons.upn is not null as has_upn,
    persons.unique_learner_number is not null as has_unique_learner_number,
    persons.source_file,
    persons.source_row
from persons
left join sex_codes as sex
    on sex.field = 'Sex' and persons.sex_code = sex.code
left join sex_codes as gender
    on gender.field = 'GenderCurrent' and persons.gender_current_code = gender.code
left join ethnicity_groups
    on persons.ethnicity_code = ethnicity_groups.code
