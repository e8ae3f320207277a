-- One row per child or young person, authority and return year of SEN2.
with

persons as (

    select * from {{ ref('int_sen2__persons') }}

),

latest as (

    select
        *,
        {{ age_at('birth_date', 'make_date(return_year - 1, 8, 31)') }} as age_at_31_august
    from persons
    -- who stands twice in a return is who the last record there says
    qualify
        row_number() over (
            partition by learner_year_key order by source_file desc, source_row desc
        ) = 1

)

select
    learner_year_key,
    learner_key,
    la_code,
    return_year,
    sex_code,
    ethnicity_code,
    ethnicity_group,
    cast(date_trunc('month', birth_date) as date) as birth_month,
    has_upn,
    has_unique_learner_number,
    cast(age_at_31_august as integer) as age_at_31_august,
    {{ sen2_age_band('age_at_31_august') }} as age_band
from latest
