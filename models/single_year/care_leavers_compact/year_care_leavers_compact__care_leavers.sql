-- One row per care leaver and day of the baseline.
with

care_leavers as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, baseline_date, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_care_leavers_compact__care_leavers') }}
    where baseline_date is not null

)

select
    {{ hash_key(['child_key', 'baseline_date']) }} as care_leaver_key,
    child_year_key,
    child_key,
    la_code,
    return_year,
    period_end,
    eligibility_code,
    in_touch_code,
    accommodation_code,
    activity_code,
    council_tax_exempt_code,
    travel_discount_code,
    prescription_exempt_code,
    housing_priority_code,
    uasc_ever_code,
    baseline_date,
    latest_contact_date,
    pathway_plan_review_date,
    case when in_touch_code is not null then in_touch_code = 'YES' end as is_in_touch,
    case accommodation_suitable_code
        when '1' then true
        when '2' then false
    end as is_suitable_accommodation,
    {{ age_at('birth_date', 'baseline_date') }} as age_at_baseline
from care_leavers
where row_from_last = 1
