-- One row per child and decision for adoption, of the twelve months before the day of the lists.
with

rows_sent as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, adoption_decision_date, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_annex_a__adoption') }}

),

children as (

    select * from {{ ref('year_annex_a__children') }}

),

reasons as (

    select * from {{ ref('code_annex_a__reason_no_longer_adoption') }}

)

select
    {{ hash_key(['rows_sent.child_key', 'rows_sent.adoption_decision_date']) }} as adoption_key,
    rows_sent.child_year_key,
    rows_sent.child_key,
    rows_sent.la_code,
    rows_sent.return_year,
    rows_sent.period_end,
    rows_sent.family_key,
    rows_sent.entered_care_date,
    rows_sent.adoption_decision_date,
    rows_sent.placement_order_date,
    rows_sent.matched_date,
    rows_sent.placed_date,
    rows_sent.ffa_placed_date,
    rows_sent.adoption_order_date,
    rows_sent.decision_reversed_date,
    coalesce(reasons.label, 'Not stated') as reversal_reason,
    {{ in_months_before('rows_sent.adoption_order_date', 12, 'rows_sent.period_end') }}
        as is_adopted,
    {{ in_months_before('rows_sent.decision_reversed_date', 12, 'rows_sent.period_end') }}
        as is_reversed,
    coalesce(rows_sent.adoption_decision_date <= rows_sent.period_end, false)
    and coalesce(rows_sent.adoption_order_date > rows_sent.period_end, true)
    and coalesce(rows_sent.decision_reversed_date > rows_sent.period_end, true) as is_waiting,
    children.sex_code,
    children.ethnicity_group,
    children.is_disabled,
    children.age_at_period_end,
    children.age_band
from rows_sent
left join children
    on rows_sent.child_key = children.child_key and rows_sent.period_end = children.period_end
left join reasons
    on rows_sent.decision_reversed_reason_code = reasons.code
where rows_sent.row_from_last = 1
