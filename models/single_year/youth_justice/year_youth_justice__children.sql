-- One row per child in the return of one quarter.
with

persons as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by yj_person_key, period_end order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_youth_justice__persons') }}

)

select
    yj_person_key,
    child_key,
    la_code,
    return_year,
    period_end,
    sex_code,
    ethnicity_code,
    care_status_code,
    local_status_code = 'LOCAL' as is_local,
    nullif(care_status_code, 'U') = 'CLA' as is_looked_after,
    {{ age_at('birth_date', 'period_end') }} as age_at_period_end
from persons
where row_from_last = 1
