-- One row per measure of children for adoption (list 10), authority and day.
{% set rules = {
    'A1001': {'numerator': 'is_adopted'},
    'A1001-W': {'numerator': 'is_waiting'},
    'A1001-R': {'numerator': 'is_reversed', 'also': {'reversal_reason': 'reversal_reason'}},
    'A1002': {'numerator': 'days_to_move', 'denominator': 'days_to_move is not null'},
    'A1002-F': {'numerator': 'days_to_first_move', 'denominator': 'days_to_first_move is not null'},
    'A1003': {'numerator': 'days_to_match', 'denominator': 'days_to_match is not null'},
    'A1004': {'numerator': 'days_to_move <= 426', 'denominator': 'days_to_move is not null'},
    'A1004-M': {'numerator': 'days_to_match <= 121', 'denominator': 'days_to_match is not null'},
    'A1005': {'numerator': 'days_to_placement_order', 'denominator': 'days_to_placement_order is not null'},
    'A1005-P': {'numerator': 'days_match_to_move', 'denominator': 'days_match_to_move is not null'},
    'A1005-O': {'numerator': 'days_move_to_order', 'denominator': 'days_move_to_order is not null'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'annex_a'
        and list_contains(tables_sent, 'adoption')

),

year_adoptions as (

    select * from {{ ref('year_annex_a__adoptions') }}

),

adoptions as (

    select
        la_code,
        period_end,
        is_adopted,
        is_waiting,
        is_reversed,
        reversal_reason,
        -- dates in the wrong order have no duration
        case
            when is_adopted and placed_date >= entered_care_date
                then placed_date - entered_care_date
        end as days_to_move,
        case
            when is_adopted and least(placed_date, ffa_placed_date) >= entered_care_date
                then least(placed_date, ffa_placed_date) - entered_care_date
        end as days_to_first_move,
        case when is_adopted then matched_date - placement_order_date end as days_to_match,
        case when is_adopted then placement_order_date - adoption_decision_date end
            as days_to_placement_order,
        case when is_adopted then placed_date - matched_date end as days_match_to_move,
        case when is_adopted then adoption_order_date - placed_date end as days_move_to_order,
        sex_code,
        age_band,
        ethnicity_group,
        {{ yes_no('is_disabled') }} as disability
    from year_adoptions

)

{{ count_by_breakdowns(
    'adoptions',
    rules,
    is_decimal=true,
    period='period_end',
    also={'disability': 'disability'}
) }}
