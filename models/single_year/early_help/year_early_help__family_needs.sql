-- One row per headline outcome in which a family has a need, in one plan or claim and one extract.
with

needs as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by eh_family_key, claim_key, outcome_no_code, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_early_help__family_needs') }}
    where outcome_no_code is not null

)

select
    {{ hash_key(['eh_family_key', 'claim_key', 'outcome_no_code']) }} as family_need_key,
    claim_key,
    eh_family_key,
    la_code,
    return_year,
    period_end,
    outcome_no_code,
    need_identified_date,
    outcome_achieved_date,
    outcome_achieved_date is not null as is_achieved,
    case sustained_code when 'Y' then true when 'N' then false end as is_sustained
from needs
where row_from_last = 1
