-- One row per period of care, as far as the year's return shows it.
with

periods as (

    select * from {{ ref('int_ssda903__periods_of_care') }}

),

birth_dates as (

    select * from {{ ref('int_ssda903__children') }}

),

children as (

    select * from {{ ref('year_ssda903__children') }}

),

reasons_ceased as (

    select * from {{ ref('group_ssda903__reason_ceased') }}

),

legal_statuses as (

    select * from {{ ref('group_ssda903__legal_status') }}

),

aged as (

    select
        periods.*,
        {{ age_at('birth_dates.birth_date', 'periods.start_date') }} as age_at_start,
        {{ age_at('birth_dates.birth_date', 'periods.end_date') }} as age_at_end,
        case
            when birth_dates.is_uasc_in_year
                then coalesce(birth_dates.uasc_end_date, 'infinity')
        end as uasc_end_date
    from periods
    inner join birth_dates
        on periods.child_year_key = birth_dates.child_year_key

)

select
    aged.period_of_care_key,
    aged.child_year_key,
    aged.child_key,
    aged.la_code,
    aged.return_year,
    aged.start_date,
    aged.end_date,
    aged.is_start_known,
    aged.is_short_break,
    aged.start_legal_status_code,
    coalesce(legal_statuses.legal_status_group, 'Unknown') as start_legal_status_group,
    coalesce(legal_statuses.is_taken_into_care, false) as is_taken_into_care,
    aged.category_of_need_code,
    aged.start_placement_type_code,
    aged.start_placement_provider_code,
    aged.last_legal_status_code,
    aged.last_placement_type_code,
    aged.reason_ceased_code,
    case
        when aged.reason_ceased_code is not null
            then coalesce(reasons_ceased.reason_ceased_group, 'Unknown')
    end as reason_ceased_group,
    aged.is_started_in_year,
    aged.is_ended_in_year,
    aged.is_first_start_in_year,
    aged.is_last_end_in_year,
    aged.length_days,
    aged.episode_count,
    aged.placement_count,
    aged.age_at_start,
    {{ looked_after_age_band('aged.age_at_start') }} as age_band_at_start,
    aged.age_at_end,
    {{ looked_after_age_band('aged.age_at_end', ceasing=true) }} as age_band_at_end,
    -- Status usually ends on the day care ends, so an end on that day still counts as having it.
    coalesce(aged.uasc_end_date > aged.start_date, false) as is_uasc_at_start,
    coalesce(aged.uasc_end_date >= aged.end_date, false) as is_uasc_at_end,
    children.sex_code,
    children.ethnicity_group,
    children.age_band
from aged
inner join children
    on aged.child_year_key = children.child_year_key
left join reasons_ceased
    on aged.reason_ceased_code = reasons_ceased.code
left join legal_statuses
    on aged.start_legal_status_code = legal_statuses.code
