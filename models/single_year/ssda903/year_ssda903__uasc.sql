-- One row per child who was an unaccompanied asylum-seeking child in the return year.
with

children as (

    select * from {{ ref('int_ssda903__children') }}
    where is_uasc_in_year

),

aged as (

    select
        *,
        {{ age_at('birth_date', year_end()) }} as age_at_year_end
    from children

)

select
    child_year_key,
    child_key,
    la_code,
    return_year,
    coalesce(uasc_end_date, 'infinity') > {{ year_end() }} as is_uasc_at_year_end,
    {{ in_year('uasc_end_date') }} as is_ended_in_year,
    sex_code,
    age_at_year_end,
    {{ looked_after_age_band('age_at_year_end') }} as age_band
from aged
