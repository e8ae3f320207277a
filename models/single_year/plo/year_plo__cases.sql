-- One row per child, group of siblings and period of pre-proceedings in one extract.
with

cases as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, plo_family_key, pre_pro_decision_date, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_plo__cases') }}

)

select
    {{ hash_key(['child_key', 'plo_family_key', 'pre_pro_decision_date']) }} as plo_case_key,
    plo_family_key,
    child_year_key,
    child_key,
    la_code,
    return_year,
    period_end,
    pre_pro_outcome_code,
    legal_gateway_outcome_code,
    parents_legal_rep_pre_code,
    parents_legal_rep_issue_code,
    short_notice_code,
    short_notice_reason_code,
    initial_plan_approved_code,
    initial_care_plan_code,
    final_plan_approved_code,
    final_care_plan_code,
    pre_pro_decision_date,
    initial_meeting_date,
    pre_pro_letter_date,
    stepdown_or_issue_date,
    issue_letter_date,
    proceedings_issued_date,
    final_order_date,
    coalesce(
        pre_pro_decision_date <= period_end and pre_pro_outcome_code is null, false
    ) as is_in_pre_proceedings,
    final_order_date - proceedings_issued_date <= 182 as is_within_26_weeks,
    stepdown_or_issue_date - pre_pro_decision_date as pre_proceedings_days,
    cp_plan_count,
    previous_pre_proceedings_count,
    previous_care_proceedings_count,
    review_meeting_count,
    court_hearing_count
from cases
where row_from_last = 1
