-- One row per post of a social worker, in one collection year.
with

workers as (

    select * from {{ ref('stg_csww__workers') }}

),

counted as (

    select * from {{ ref('int_csww__workers') }}

),

sex_codes as (

    select * from {{ ref('map_csww__sex') }}

),

ethnicity_groups as (

    select * from {{ ref('group_ethnicity') }}

),

roles as (

    select * from {{ ref('group_csww__role') }}

)

select
    counted.post_key,
    workers.worker_key,
    workers.la_code,
    workers.return_year,
    -- Sex replaced GenderCurrent in 2024, and some files still carry the other one
    case
        when workers.return_year >= 2024 then coalesce(sex.sex_code, gender.sex_code, 'U')
        else coalesce(gender.sex_code, sex.sex_code, 'U')
    end as sex_code,
    workers.ethnicity_code,
    coalesce(ethnicity_groups.ethnicity_group, 'Unknown') as ethnicity_group,
    workers.role_code,
    coalesce(roles.role_name, 'Not stated') as role_name,
    case
        when counted.is_agency then 'Agency'
        when counted.is_starter and workers.start_origin_code = '1' then 'Newly qualified'
        else roles.local_seniority
    end as local_seniority,
    workers.qualification_level_code,
    workers.start_origin_code,
    workers.leaver_destination_code,
    workers.reason_leave_code,
    workers.absence_reason_code,
    workers.cfkss_status_code,
    cast(date_trunc('month', workers.birth_date) as date) as birth_month,
    workers.role_start_date,
    workers.role_end_date,
    counted.is_agency,
    counted.is_in_post,
    counted.is_starter,
    counted.is_leaver,
    counted.is_counted_in_post,
    counted.is_counted_starter,
    counted.is_counted_leaver,
    workers.absent_code = '1' as is_absent,
    coalesce(workers.step_up_graduate_code in ('1', 'Y'), false) as is_step_up_graduate,
    coalesce(workers.frontline_graduate_code = '1', false) as is_frontline_graduate,
    cast(counted.age as integer) as age,
    {{ csww_age_band('counted.age') }} as age_band,
    {{ csww_service_band('counted.years_in_service') }} as service_band,
    coalesce(workers.fte, 0) as fte,
    workers.fte_previous_30_september,
    -- a leaver's own fte is 0: what was held a year before stands for it, else what was sent
    case
        when counted.is_leaver
            then coalesce(nullif(workers.fte_previous_30_september, 0), workers.fte, 0)
    end as fte_before_leaving,
    workers.cases_held,
    workers.working_days_lost,
    workers.contract_weeks
from workers
inner join counted
    on
        workers.la_code = counted.la_code
        and workers.return_year = counted.return_year
        and workers.source_file = counted.source_file
        and workers.source_row = counted.source_row
left join sex_codes as sex
    on sex.field = 'Sex' and workers.sex_code = sex.code
left join sex_codes as gender
    on gender.field = 'GenderCurrent' and workers.gender_current_code = gender.code
left join ethnicity_groups
    on workers.ethnicity_code = ethnicity_groups.code
left join roles
    on workers.role_code = roles.code
