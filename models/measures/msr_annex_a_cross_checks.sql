-- One row per check of one list against another, authority and day.
{% set rules = {
    'A1202-7': {
        'numerator': "kind = 'plan' and not is_agreed",
        'by': {},
        'only': "list_has_all(returns.tables_sent, ['children_in_need', 'child_protection'])",
    },
    'A1202-8': {
        'numerator': "kind = 'care' and not is_agreed",
        'by': {},
        'only': "list_has_all(returns.tables_sent, ['children_in_need', 'children_in_care'])",
    },
    'A1202-10': {
        'numerator': "kind = 'adoption' and not is_agreed",
        'by': {},
        'only': "list_has_all(returns.tables_sent, ['children_in_care', 'adoption'])",
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'annex_a'

),

in_need as (

    select * from {{ ref('year_annex_a__children_in_need') }}

),

plans as (

    select * from {{ ref('year_annex_a__child_protection_plans') }}

),

in_care as (

    select * from {{ ref('year_annex_a__children_in_care') }}

),

adoptions as (

    select * from {{ ref('year_annex_a__adoptions') }}

),

-- distinct: a child may have several decisions
adopted as (

    select distinct
        la_code,
        period_end,
        child_key
    from adoptions

),

-- a child that is not on the other list does not agree with it either
children as (

    select
        plans.la_code,
        plans.period_end,
        'plan' as kind,
        coalesce(in_need.case_status in ('Child Protection plan', 'Looked after child'), false)
            as is_agreed
    from plans
    left join in_need
        on plans.child_key = in_need.child_key and plans.period_end = in_need.period_end
    where plans.is_open_at_period_end
    union all
    select
        in_care.la_code,
        in_care.period_end,
        'care' as kind,
        coalesce(in_need.case_status = 'Looked after child', false) as is_agreed
    from in_care
    left join in_need
        on in_care.child_key = in_need.child_key and in_care.period_end = in_need.period_end
    where in_care.is_open_at_period_end
    union all
    select
        adopted.la_code,
        adopted.period_end,
        'adoption' as kind,
        in_care.child_key is not null as is_agreed
    from adopted
    left join in_care
        on adopted.child_key = in_care.child_key and adopted.period_end = in_care.period_end

)

{{ count_by_breakdowns('children', rules, is_decimal=true, period='period_end') }}
