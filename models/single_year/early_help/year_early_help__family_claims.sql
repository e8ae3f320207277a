-- One row per plan or claim of a family in one extract.
with

claims as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by claim_key, period_end order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_early_help__family_claims') }}

)

select
    claim_key,
    eh_family_key,
    la_code,
    return_year,
    period_end,
    claim_type_code,
    audit_status_code,
    whole_family_assessment_date,
    claim_date,
    case lead_practitioner_code when 'Y' then true when 'N' then false end as has_lead_practitioner,
    claim_date is not null as is_claimed
from claims
where row_from_last = 1
