-- One row per placement attended, in one return year of SEN2.
with

placements as (

    select * from {{ ref('stg_sen2__placement_details') }}

),

active_plans as (

    select * from {{ ref('int_sen2__active_plans') }}

),

settings as (

    select * from {{ ref('group_sen2__setting') }}

),

joined as (

    select
        placements.*,
        active_plans.request_key,
        settings.placement_group as setting_group,
        coalesce(
            placements.entry_date <= {{ census_day('placements.return_year') }}
            and coalesce(
                placements.leaving_date >= {{ census_day('placements.return_year') }}, true
            ),
            false
        ) as is_attended_at_census,
        -- residential and work-based provision stood with the plan in 2023
        coalesce(placements.residential_code, active_plans.residential_code)
            as settled_residential_code,
        coalesce(placements.work_based_code, active_plans.work_based_code)
            as settled_work_based_code
    from placements
    inner join active_plans
        on
            placements.la_code = active_plans.la_code
            and placements.return_year = active_plans.return_year
            and placements.parent_link = active_plans.row_link
    left join settings
        on placements.setting_code = settings.code
    where active_plans.ordinal_in_request = 1

)

select
    {{ hash_key(['la_code', 'return_year', 'row_link']) }} as placement_key,
    request_key,
    la_code,
    return_year,
    placement_rank_code,
    urn,
    ukprn,
    setting_code,
    {{ sen2_placement_group() }} as placement_group,
    attendance_pattern_code,
    settled_residential_code as residential_code,
    settled_work_based_code as work_based_code,
    entry_date,
    leaving_date,
    is_sen_unit,
    is_resourced_provision,
    is_attended_at_census,
    -- the current placement: lowest rank, then latest entry
    is_attended_at_census and row_number() over (
        partition by request_key, is_attended_at_census
        order by
            placement_rank_code asc nulls last, entry_date desc, source_file asc, source_row asc
    ) = 1 as is_current
from joined
