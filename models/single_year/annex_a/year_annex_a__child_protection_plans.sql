-- One row per child with a protection plan on the day of the lists or in the six months before it:
-- the latest plan.
with

rows_sent as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_annex_a__child_protection') }}

),

children as (

    select * from {{ ref('year_annex_a__children') }}

),

categories as (

    select * from {{ ref('code_annex_a__abuse_category') }}

),

working_days as (

    select * from {{ ref('ref_working_days') }}

)

select
    rows_sent.child_year_key,
    rows_sent.child_key,
    rows_sent.la_code,
    rows_sent.return_year,
    rows_sent.period_end,
    rows_sent.cpp_start_date,
    rows_sent.cpp_end_date,
    coalesce(initial_categories.label, 'Not stated') as initial_category,
    coalesce(latest_categories.label, 'Not stated') as latest_category,
    rows_sent.last_visit_date,
    {{ is_yes('rows_sent.seen_alone_code') }} as is_seen_alone,
    rows_sent.last_review_date,
    {{ is_yes('rows_sent.epo_or_police_protection_code') }} as has_emergency_protection,
    rows_sent.previous_cpp_count,
    {{ working_days_between('start_days.working_day_number', 'list_days.working_day_number') }}
        as working_days_on_plan,
    {{ working_days_between('visit_days.working_day_number', 'list_days.working_day_number') }}
        as working_days_since_visit,
    {{ open_at('rows_sent.cpp_start_date', 'rows_sent.cpp_end_date', 'rows_sent.period_end') }}
        as is_open_at_period_end,
    {{ in_months_before('rows_sent.cpp_start_date', 6, 'rows_sent.period_end') }}
        as is_started_in_period,
    {{ in_months_before('rows_sent.cpp_end_date', 6, 'rows_sent.period_end') }}
        as is_ended_in_period,
    {{ is_worker_named('rows_sent.allocated_worker') }} as has_allocated_worker,
    children.sex_code,
    children.ethnicity_group,
    children.is_disabled,
    children.age_at_period_end,
    children.age_band
from rows_sent
left join children
    on rows_sent.child_key = children.child_key and rows_sent.period_end = children.period_end
left join categories as initial_categories
    on rows_sent.initial_abuse_category_code = initial_categories.code
left join categories as latest_categories
    on rows_sent.latest_abuse_category_code = latest_categories.code
left join working_days as list_days
    on rows_sent.period_end = list_days.day_date
left join working_days as start_days
    on rows_sent.cpp_start_date = start_days.day_date
left join working_days as visit_days
    on rows_sent.last_visit_date = visit_days.day_date
where rows_sent.row_from_last = 1
