-- One row per child in need on the day of the lists or in the six months before it: the latest
-- episode.
with

rows_sent as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_annex_a__children_in_need') }}

),

children as (

    select * from {{ ref('year_annex_a__children') }}

),

statuses as (

    select * from {{ ref('code_annex_a__case_status') }}

),

needs as (

    select * from {{ ref('code_annex_a__primary_need') }}

),

reasons as (

    select * from {{ ref('code_annex_a__cin_closure_reason') }}

)

select
    rows_sent.child_year_key,
    rows_sent.child_key,
    rows_sent.la_code,
    rows_sent.return_year,
    rows_sent.period_end,
    rows_sent.cin_start_date,
    rows_sent.cin_closure_date,
    rows_sent.last_seen_date,
    rows_sent.primary_need_code,
    coalesce(needs.label, 'Not stated') as primary_need,
    rows_sent.closure_reason_code,
    coalesce(reasons.label, 'Not stated') as closure_reason,
    coalesce(statuses.label, 'Not stated') as case_status,
    {{ open_at('rows_sent.cin_start_date', 'rows_sent.cin_closure_date', 'rows_sent.period_end') }}
        as is_open_at_period_end,
    {{ in_months_before('rows_sent.cin_closure_date', 6, 'rows_sent.period_end') }}
        as is_closed_in_period,
    {{ is_worker_named('rows_sent.allocated_worker') }} as has_allocated_worker,
    children.sex_code,
    children.ethnicity_group,
    children.is_disabled,
    children.age_at_period_end,
    children.age_band
from rows_sent
left join children
    on rows_sent.child_key = children.child_key and rows_sent.period_end = children.period_end
left join statuses
    on rows_sent.case_status_code = statuses.code
left join needs
    on rows_sent.primary_need_code = needs.code
left join reasons
    on rows_sent.closure_reason_code = reasons.code
where rows_sent.row_from_last = 1
