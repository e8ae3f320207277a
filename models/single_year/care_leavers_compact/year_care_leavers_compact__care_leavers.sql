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

),

local_authorities as (

    select * from {{ ref('ref_local_authorities') }}

)

select
    {{ hash_key(['care_leavers.child_key', 'care_leavers.baseline_date']) }} as care_leaver_key,
    care_leavers.child_year_key,
    care_leavers.child_key,
    care_leavers.la_code,
    care_leavers.return_year,
    care_leavers.period_end,
    care_leavers.eligibility_code,
    care_leavers.in_touch_code,
    care_leavers.accommodation_code,
    care_leavers.activity_code,
    care_leavers.council_tax_exempt_code,
    care_leavers.travel_discount_code,
    care_leavers.prescription_exempt_code,
    care_leavers.housing_priority_code,
    care_leavers.uasc_ever_code,
    care_leavers.baseline_date,
    care_leavers.latest_contact_date,
    care_leavers.pathway_plan_review_date,
    case
        when care_leavers.in_touch_code is not null then care_leavers.in_touch_code = 'YES'
    end as is_in_touch,
    case care_leavers.accommodation_suitable_code
        when '1' then true
        when '2' then false
    end as is_suitable_accommodation,
    -- an authority is named by its three digits, its ONS code or its name
    lower(care_leavers.resident_la) not in (
        local_authorities.dfe_la_code,
        lower(local_authorities.la_code),
        lower(local_authorities.la_name)
    ) as is_living_elsewhere,
    {{ age_at('care_leavers.birth_date', 'care_leavers.baseline_date') }} as age_at_baseline
from care_leavers
inner join local_authorities
    on care_leavers.la_code = local_authorities.la_code
where care_leavers.row_from_last = 1
