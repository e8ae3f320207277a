-- One row per measure of sessions and practitioners of Your Choice, authority and quarter.
{% set rules_of_sessions = {
    'C04': {
        'numerator': 'is_attended',
        'denominator': 'is_planned',
        'by': {},
        'only': "list_contains(tables_sent, 'sessions')",
    },
} %}
{% set rules_of_practitioners = {
    'C06': {
        'numerator': 'is_trained',
        'denominator': 'is_practitioner',
        'by': {},
        'only': "list_contains(tables_sent, 'practitioners')",
    },
    'C06-S': {
        'numerator': 'is_supervised',
        'denominator': 'is_practitioner',
        'by': {},
        'only': "list_has_all(tables_sent, ['practitioners', 'supervisions'])",
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'your_choice'

),

year_sessions as (

    select * from {{ ref('year_your_choice__sessions') }}

),

year_practitioners as (

    select * from {{ ref('year_your_choice__practitioners') }}

),

year_supervisions as (

    select * from {{ ref('year_your_choice__supervisions') }}

),

sessions as (

    select
        la_code,
        period_end,
        is_attended,
        true as is_planned
    from year_sessions
    where {{ in_quarter('session_date') }}

),

-- distinct: a practitioner may be supervised several times in a month
supervised as (

    select distinct
        practitioner_key,
        period_end
    from year_supervisions
    where
        is_attended
        and supervision_date between date_trunc('month', period_end) and period_end

),

practitioners as (

    select
        year_practitioners.la_code,
        year_practitioners.period_end,
        true as is_practitioner,
        year_practitioners.is_trained,
        supervised.practitioner_key is not null as is_supervised
    from year_practitioners
    left join supervised
        on
            year_practitioners.practitioner_key = supervised.practitioner_key
            and year_practitioners.period_end = supervised.period_end

)

{{ count_by_breakdowns('sessions', rules_of_sessions, period='period_end') }}
union all
{{ count_by_breakdowns('practitioners', rules_of_practitioners, period='period_end') }}
