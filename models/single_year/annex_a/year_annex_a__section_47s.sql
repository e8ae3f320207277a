-- One row per section 47 enquiry about a child, of the six months before the day of the lists.
with

rows_sent as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, strategy_discussion_date, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_annex_a__section_47') }}

),

children as (

    select * from {{ ref('year_annex_a__children') }}

),

working_days as (

    select * from {{ ref('ref_working_days') }}

),

enquiries as (

    select
        *,
        {{ in_months_before('strategy_discussion_date', 6) }} as is_in_period,
        coalesce(icpc_date <= period_end, false) as is_conference_held,
        {{ is_yes('icpc_not_required_code') }} as is_conference_not_required
    from rows_sent
    where row_from_last = 1

)

select
    {{ hash_key(['enquiries.child_key', 'enquiries.strategy_discussion_date']) }} as section_47_key,
    enquiries.child_year_key,
    enquiries.child_key,
    enquiries.la_code,
    enquiries.return_year,
    enquiries.period_end,
    enquiries.strategy_discussion_date,
    enquiries.icpc_date,
    enquiries.is_in_period,
    enquiries.is_conference_held,
    enquiries.is_conference_not_required,
    {{ is_yes('enquiries.icpc_led_to_plan_code') }} as is_plan_decided,
    enquiries.s47_last_12_months_count,
    enquiries.icpc_last_12_months_count,
    not enquiries.is_conference_held and enquiries.is_conference_not_required is null
        as is_undecided,
    -- to the conference, of an undecided one up to the day of the lists; dates in the wrong order
    -- have no duration
    case
        when last_days.day_date >= start_days.day_date
            then
                {{ working_days_between(
                    'start_days.working_day_number', 'last_days.working_day_number'
                ) }}
    end as working_days,
    {{ ordinal_in_period('enquiries', 'strategy_discussion_date') }} as ordinal_in_period,
    children.sex_code,
    children.ethnicity_group,
    children.is_disabled,
    children.age_at_period_end,
    children.age_band
from enquiries
left join children
    on enquiries.child_key = children.child_key and enquiries.period_end = children.period_end
left join working_days as start_days
    on enquiries.strategy_discussion_date = start_days.day_date
left join working_days as last_days
    on
        case
            when enquiries.is_conference_held then enquiries.icpc_date
            else enquiries.period_end
        end = last_days.day_date
