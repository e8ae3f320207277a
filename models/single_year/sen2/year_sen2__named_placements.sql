-- One row per placement that a plan names, in one return year of SEN2.
with

plan_details as (

    select * from {{ ref('stg_sen2__plan_details') }}

),

named_plans as (

    select * from {{ ref('stg_sen2__named_plans') }}

),

assessments as (

    select * from {{ ref('int_sen2__assessments') }}

),

settings as (

    select * from {{ ref('group_sen2__setting') }}

),

joined as (

    select
        plan_details.*,
        assessments.request_key,
        settings.placement_group as setting_group
    from plan_details
    inner join named_plans
        on
            plan_details.la_code = named_plans.la_code
            and plan_details.return_year = named_plans.return_year
            and plan_details.parent_link = named_plans.row_link
    inner join assessments
        on
            named_plans.la_code = assessments.la_code
            and named_plans.return_year = assessments.return_year
            and named_plans.parent_link = assessments.row_link
    left join settings
        on plan_details.setting_code = settings.code

)

select
    {{ hash_key(['la_code', 'return_year', 'row_link']) }} as named_placement_key,
    request_key,
    la_code,
    return_year,
    placement_rank_code,
    urn,
    ukprn,
    setting_code,
    {{ sen2_placement_group() }} as placement_group,
    is_sen_unit,
    is_resourced_provision,
    -- the first of the primary ones, where several were sent
    placement_rank_code = '1' and row_number() over (
        partition by request_key, placement_rank_code order by source_file, source_row
    ) = 1 as is_primary
from joined
