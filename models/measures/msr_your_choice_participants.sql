-- One row per measure of young people in Your Choice, authority, quarter and breakdown value.
{% set rules = {
    'C01': {'numerator': 'is_referred'},
    'C01-S': {
        'numerator': 'is_started',
        'denominator': 'is_referred',
        'also': {'looked_after': 'looked_after', 'risk': 'risk'},
    },
    'C01-C': {'numerator': 'is_completed', 'denominator': 'is_started'},
    'C02': {
        'numerator': 'case when weeks > 0 then contact_count else 0 end',
        'denominator': 'coalesce(weeks, 0)',
        'only': "list_contains(tables_sent, 'sessions')",
    },
    'C03': {
        'numerator': 'is_completed and weeks >= 12 and contact_count >= 3 * weeks',
        'denominator': 'is_completed',
        'only': "list_contains(tables_sent, 'sessions')",
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'your_choice' and list_contains(tables_sent, 'participants')

),

year_participants as (

    select * from {{ ref('year_your_choice__participants') }}

),

year_sessions as (

    select * from {{ ref('year_your_choice__sessions') }}

),

contacts as (

    select
        participant_key,
        period_end,
        count(*) as contact_count
    from year_sessions
    where is_attended
    group by participant_key, period_end

),

participants as (

    select
        year_participants.la_code,
        year_participants.period_end,
        {{ in_quarter('year_participants.referral_date', 'year_participants.period_end') }}
            as is_referred,
        {{ in_quarter('year_participants.start_date', 'year_participants.period_end') }}
            as is_started,
        year_participants.is_completed
        and {{ in_quarter('year_participants.end_date', 'year_participants.period_end') }}
            as is_completed,
        -- of those who have ended, whatever the reason
        case
            when {{ in_quarter('year_participants.end_date', 'year_participants.period_end') }}
                then year_participants.length_weeks
        end as weeks,
        coalesce(contacts.contact_count, 0) as contact_count,
        case year_participants.cla_status_code
            when 'Y' then 'Looked after'
            when 'N' then 'Not looked after'
            else 'Unknown'
        end as looked_after,
        case year_participants.panel_risk_code
            when 'HIGH' then 'High'
            when 'MEDIUM' then 'Medium'
            else 'Unknown'
        end as risk,
        year_participants.sex_code,
        year_participants.age_band,
        year_participants.ethnicity_group
    from year_participants
    left join contacts
        on
            year_participants.participant_key = contacts.participant_key
            and year_participants.period_end = contacts.period_end

)

{{ count_by_breakdowns('participants', rules, is_decimal=true, period='period_end') }}
