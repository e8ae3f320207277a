-- One row per decision that a child should be placed for adoption, from both tables that tell it.
with

ad1 as (

    select
        *,
        -- One row a child is asked for; of several, the last in the return counts.
        row_number() over (
            partition by child_year_key order by source_file desc, source_row desc
        ) as decision_ordinal
    from {{ ref('stg_ssda903__ad1') }}

),

placed as (

    select
        *,
        -- A decision is one child and day; of several rows, the last in the return counts.
        row_number() over (
            partition by child_year_key, decision_date order by source_file desc, source_row desc
        ) as decision_ordinal
    from {{ ref('stg_ssda903__placed_adoption') }}

),

adopted as (

    select * from ad1
    where decision_ordinal = 1

),

decided as (

    select * from placed
    where decision_ordinal = 1

)

select
    coalesce(adopted.child_year_key, decided.child_year_key) as child_year_key,
    coalesce(adopted.child_key, decided.child_key) as child_key,
    coalesce(adopted.la_code, decided.la_code) as la_code,
    coalesce(adopted.return_year, decided.return_year) as return_year,
    coalesce(adopted.decision_date, decided.decision_date) as decision_date,
    adopted.child_year_key is not null as is_in_ad1,
    decided.child_year_key is not null as is_in_placed_adoption,
    adopted.match_date,
    adopted.is_adopter_foster_carer,
    adopted.number_of_adopters_code,
    adopted.adopter_sex_code,
    adopted.adopter_legal_status_code,
    decided.reversal_date,
    decided.reversal_reason_code,
    coalesce(adopted.birth_date, decided.birth_date) as birth_date
from adopted
full outer join decided
    on
        adopted.child_year_key = decided.child_year_key
        and adopted.decision_date is not distinct from decided.decision_date
