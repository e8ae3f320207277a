-- One row per child looked after on the day of the lists or in the six months before it: the latest
-- period of care.
with

rows_sent as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_annex_a__children_in_care') }}

),

children as (

    select * from {{ ref('year_annex_a__children') }}

),

legal_statuses as (

    select * from {{ ref('group_ssda903__legal_status') }}

),

placement_types as (

    select * from {{ ref('group_ssda903__placement_type') }}

),

providers as (

    select * from {{ ref('group_ssda903__placement_provider') }}

),

reasons as (

    select * from {{ ref('group_ssda903__reason_ceased') }}

)

select
    rows_sent.child_year_key,
    rows_sent.child_key,
    rows_sent.la_code,
    rows_sent.return_year,
    rows_sent.period_end,
    rows_sent.cla_start_date,
    rows_sent.cla_end_date,
    rows_sent.category_of_need_code,
    rows_sent.legal_status_code,
    coalesce(legal_statuses.legal_status_group, 'Not stated') as legal_status_group,
    rows_sent.placement_start_date,
    coalesce(placement_types.placement_group, 'Not stated') as placement_group,
    coalesce(providers.placement_provider_group, 'Not stated') as placement_provider_group,
    coalesce(rows_sent.placement_location_code, 'Not stated') as placement_location,
    coalesce(reasons.reason_ceased_group, 'Not stated') as reason_ceased_group,
    rows_sent.permanence_plan_code,
    rows_sent.last_review_date,
    rows_sent.last_visit_date,
    rows_sent.last_iro_contact_date,
    rows_sent.last_health_assessment_date,
    rows_sent.last_dental_check_date,
    rows_sent.placements_last_12_months_count,
    rows_sent.missing_episodes_12_months_count,
    rows_sent.absent_episodes_12_months_count,
    {{ is_yes('rows_sent.return_interview_offered_code') }} as is_return_interview_offered,
    {{ is_yes('rows_sent.return_interview_accepted_code') }} as is_return_interview_accepted,
    {{ is_yes('rows_sent.uasc_last_12_months_code') }} as is_uasc,
    {{ is_yes('rows_sent.repeat_period_12_months_code') }} as is_repeat_period,
    {{ open_at('rows_sent.cla_start_date', 'rows_sent.cla_end_date', 'rows_sent.period_end') }}
        as is_open_at_period_end,
    {{ in_months_before('rows_sent.cla_start_date', 6, 'rows_sent.period_end') }}
        as is_started_in_period,
    {{ in_months_before('rows_sent.cla_end_date', 6, 'rows_sent.period_end') }}
        as is_ceased_in_period,
    {{ is_worker_named('rows_sent.allocated_worker') }} as has_allocated_worker,
    children.sex_code,
    children.ethnicity_group,
    children.is_disabled,
    children.age_at_period_end,
    children.age_band
from rows_sent
left join children
    on rows_sent.child_key = children.child_key and rows_sent.period_end = children.period_end
left join legal_statuses
    on rows_sent.legal_status_code = legal_statuses.code
left join placement_types
    on rows_sent.placement_type_code = placement_types.code
left join providers
    on rows_sent.placement_provider_code = providers.code
left join reasons
    on rows_sent.reason_ceased_code = reasons.code
where rows_sent.row_from_last = 1
