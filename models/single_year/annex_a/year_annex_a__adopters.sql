-- One row per adopter and enquiry, of the twelve months before the day of the lists.
with

rows_sent as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by adopter_key, enquiry_date, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_annex_a__adopters') }}

),

reasons as (

    select * from {{ ref('code_annex_a__reason_left_adoption_process') }}

),

adopters as (

    select
        *,
        coalesce(stage2_end_date, approval_date) as approved_date
    from rows_sent
    where row_from_last = 1

)

select
    {{ hash_key(['adopters.adopter_key', 'adopters.enquiry_date']) }} as enquiry_key,
    adopters.adopter_key,
    adopters.family_key,
    adopters.la_code,
    adopters.return_year,
    adopters.period_end,
    adopters.enquiry_date,
    adopters.stage1_start_date,
    adopters.stage1_end_date,
    adopters.stage2_start_date,
    adopters.stage2_end_date,
    adopters.approved_date,
    adopters.matched_date,
    adopters.placed_date,
    adopters.adoption_order_date,
    adopters.left_process_date,
    coalesce(reasons.label, 'Not stated') as left_process_reason,
    {{ is_yes('adopters.fostering_for_adoption_code') }} as is_fostering_for_adoption,
    -- as far as the latest of the dates that had come
    case
        when adopters.left_process_date <= adopters.period_end then 'Left the process'
        when adopters.adoption_order_date <= adopters.period_end then 'Adopted'
        when adopters.placed_date <= adopters.period_end then 'Child placed'
        when adopters.matched_date <= adopters.period_end then 'Matched'
        when adopters.approved_date <= adopters.period_end then 'Approved'
        when adopters.stage2_start_date <= adopters.period_end then 'Stage 2'
        when adopters.stage1_end_date <= adopters.period_end then 'Stage 1 ended'
        when adopters.stage1_start_date <= adopters.period_end then 'Stage 1'
        when adopters.enquiry_date <= adopters.period_end then 'Enquiry'
        else 'Not stated'
    end as adoption_stage,
    coalesce(adopters.approved_date <= adopters.period_end, false) as is_approved,
    row_number() over (
        partition by adopters.family_key, adopters.period_end
        order by adopters.enquiry_date desc, adopters.adopter_key asc
    ) as ordinal_in_family
from adopters
left join reasons
    on adopters.left_process_reason_code = reasons.code
