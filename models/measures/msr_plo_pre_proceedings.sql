-- One row per measure of pre-proceedings, authority and quarter.
{% set rules = {
    'P01': {'numerator': 'is_child_in_pre_proceedings', 'by': {}},
    'P01-F': {'numerator': 'is_family_in_pre_proceedings', 'by': {}},
    'P02': {'median': 'weeks_to_end', 'by': {}},
    'P02-W': {
        'numerator': 'weeks_to_end <= 16',
        'denominator': 'weeks_to_end is not null',
        'by': {},
    },
    'P03': {
        'numerator': "is_ended and pre_pro_outcome_code = 'STEPDOWN'",
        'denominator': 'is_ended',
        'by': {},
    },
    'P03-I': {
        'numerator': "is_ended and pre_pro_outcome_code = 'ISSUE'",
        'denominator': 'is_ended',
        'by': {},
    },
    'P04': {'numerator': 'days_to_letter', 'denominator': 'days_to_letter is not null', 'by': {}},
    'P04-M': {
        'numerator': 'days_to_meeting',
        'denominator': 'days_to_meeting is not null',
        'by': {},
    },
    'P05': {
        'numerator': "is_ended and parents_legal_rep_pre_code = 'Y'",
        'denominator': "is_ended and parents_legal_rep_pre_code in ('Y', 'N')",
        'by': {},
    },
    'P09': {
        'numerator': 'is_started and previous_pre_proceedings_count >= 1',
        'denominator': 'is_started',
        'by': {},
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'plo'

),

year_cases as (

    select * from {{ ref('year_plo__cases') }}

),

of_quarter as (

    select
        *,
        {{ in_quarter('pre_pro_decision_date') }} as is_started,
        {{ in_quarter('stepdown_or_issue_date') }} and pre_pro_outcome_code is not null
            as is_ended,
        {{ in_quarter('pre_pro_letter_date') }} as is_letter_sent,
        {{ in_quarter('initial_meeting_date') }} as is_first_met,
        -- one of the cases that a child, or a group of siblings, has open
        row_number() over (
            partition by child_key, period_end, is_in_pre_proceedings order by plo_case_key
        ) = 1 as is_first_of_child,
        row_number() over (
            partition by plo_family_key, period_end, is_in_pre_proceedings order by plo_case_key
        ) = 1 as is_first_of_family
    from year_cases

),

cases as (

    select
        la_code,
        period_end,
        pre_pro_outcome_code,
        parents_legal_rep_pre_code,
        is_started,
        is_ended,
        is_in_pre_proceedings and is_first_of_child as is_child_in_pre_proceedings,
        is_in_pre_proceedings and is_first_of_family as is_family_in_pre_proceedings,
        case when is_ended and pre_proceedings_days >= 0 then pre_proceedings_days / 7 end
            as weeks_to_end,
        case
            when is_letter_sent and pre_pro_letter_date >= pre_pro_decision_date
                then pre_pro_letter_date - pre_pro_decision_date
        end as days_to_letter,
        case
            when is_first_met and initial_meeting_date >= pre_pro_decision_date
                then initial_meeting_date - pre_pro_decision_date
        end as days_to_meeting,
        previous_pre_proceedings_count
    from of_quarter

)

{{ count_by_breakdowns('cases', rules, is_decimal=true, period='period_end') }}
