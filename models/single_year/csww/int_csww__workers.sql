-- One row per record of the workforce census, with who counts and who counts once.
{{ config(database='vault', schema='staging', materialized='table', access='private') }}

with

workers as (

    select * from {{ ref('stg_csww__workers') }}

),

roles as (

    select * from {{ ref('group_csww__role') }}

),

settled as (

    select
        workers.*,
        coalesce(workers.agency_worker_code = '1', false) as is_agency,
        coalesce(workers.agency_worker_code = '0', false) as is_employed,
        {{ in_workforce_year('workers.role_start_date', 'workers.return_year') }} as has_started,
        {{ in_workforce_year('workers.role_end_date', 'workers.return_year') }} as has_left,
        -- a leaver's age and service are those of the day of leaving; least passes over a null
        least(workers.role_end_date, {{ workforce_day('workers.return_year') }}) as reference_date,
        roles.seniority_rank,
        -- one person, as the Department tells them apart
        concat_ws(
            '|', workers.la_code, workers.return_year, workers.worker_key, workers.birth_date,
            workers.sex_code, workers.gender_current_code, workers.ethnicity_code
        ) as person_in_return
    from workers
    left join roles
        on workers.role_code = roles.code

),

told_apart as (

    select
        *,
        is_employed
        and coalesce(role_end_date > {{ workforce_day() }}, true) as is_in_post,
        is_employed and has_started as is_starter,
        is_employed and has_left as is_leaver,
        -- nothing stops an authority from sending one post twice: each row keeps its own key
        row_number() over (
            partition by la_code, return_year, worker_key, role_start_date, agency_worker_code
            order by source_file, source_row
        ) as same_post_ordinal
    from settled

)

select
    {{ hash_key([
        'la_code', 'return_year', 'worker_key', 'role_start_date', 'agency_worker_code',
        'same_post_ordinal'
    ]) }} as post_key,
    worker_key,
    la_code,
    return_year,
    source_file,
    source_row,
    reference_date,
    is_agency,
    is_in_post,
    is_starter,
    is_leaver,
    {{ age_at('birth_date', 'reference_date') }} as age,
    {{ age_at('role_start_date', 'reference_date') }} as years_in_service,
    same_post_ordinal,
    -- whoever holds several posts is counted once, in the most senior one
    is_in_post and row_number() over (
        partition by person_in_return, is_in_post
        order by seniority_rank nulls last, source_file, source_row
    ) = 1 as is_counted_in_post,
    is_starter and row_number() over (
        partition by person_in_return, role_start_date, is_starter
        order by seniority_rank nulls last, source_file, source_row
    ) = 1 as is_counted_starter,
    is_leaver and row_number() over (
        partition by person_in_return, role_end_date, is_leaver
        order by seniority_rank nulls last, source_file, source_row
    ) = 1 as is_counted_leaver
from told_apart
