-- One row per decision that a child should be placed for adoption, with what followed in the year.
with

decisions as (

    select * from {{ ref('int_ssda903__adoption_decisions') }}

),

adoptions as (

    select * from {{ ref('int_ssda903__adoption_spells') }}

),

children as (

    select * from {{ ref('int_ssda903__children') }}

),

-- The adoption follows from the decision that AD1 tells, else from the latest one.
ranked as (

    select
        *,
        row_number() over (
            partition by child_year_key order by is_in_ad1 desc, decision_date desc nulls last
        ) as decision_rank
    from decisions

)

select
    {{ hash_key(['ranked.child_year_key', 'ranked.decision_date']) }} as adoption_decision_key,
    ranked.child_year_key,
    ranked.child_key,
    ranked.la_code,
    ranked.return_year,
    ranked.decision_date,
    ranked.match_date,
    adoptions.period_start_date,
    adoptions.is_period_start_known,
    adoptions.adoption_placement_date,
    adoptions.adoption_date,
    adoptions.reason_ceased_code,
    ranked.is_adopter_foster_carer,
    ranked.number_of_adopters_code,
    ranked.adopter_sex_code,
    ranked.adopter_legal_status_code,
    ranked.reversal_date,
    ranked.reversal_reason_code,
    ranked.is_in_ad1,
    ranked.is_in_placed_adoption,
    {{ in_year('ranked.decision_date', 'ranked.return_year') }} as is_decided_in_year,
    {{ in_year('ranked.reversal_date', 'ranked.return_year') }} as is_reversed_in_year,
    adoptions.child_year_key is not null as is_adopted_in_year,
    {{ age_at('coalesce(ranked.birth_date, children.birth_date)', 'ranked.decision_date') }}
        as age_at_decision,
    {{ age_at('coalesce(ranked.birth_date, children.birth_date)', 'adoptions.period_start_date') }}
        as age_at_period_start,
    {{ age_at('coalesce(ranked.birth_date, children.birth_date)', 'adoptions.adoption_date') }}
        as age_at_adoption
from ranked
inner join children
    on ranked.child_year_key = children.child_year_key
left join adoptions
    on
        ranked.child_year_key = adoptions.child_year_key
        and ranked.decision_rank = 1
