-- One row per measure of change in scores, authority and quarter.
{% set rules = {
    'C05': {'numerator': 'sdq_change', 'denominator': 'sdq_change is not null', 'by': {}},
    'C05-G': {'numerator': 'goal_change', 'denominator': 'goal_change is not null', 'by': {}},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'your_choice'
        and list_has_all(tables_sent, ['participants', 'scores'])

),

year_participants as (

    select * from {{ ref('year_your_choice__participants') }}

),

year_scores as (

    select * from {{ ref('year_your_choice__scores') }}

),

-- the change of one young person on one scale; null without both scores
changes as (

    select
        participant_key,
        period_end,
        measure_code,
        scale,
        max(score) filter (where wave_code = 'E') - max(score) filter (where wave_code = 'B')
            as score_change
    from year_scores
    group by participant_key, period_end, measure_code, scale

),

scores as (

    select
        year_participants.la_code,
        year_participants.period_end,
        case
            when changes.measure_code = 'SDQ' and lower(changes.scale) like 'total%'
                then changes.score_change
        end as sdq_change,
        case when changes.measure_code = 'GOALS' then changes.score_change end as goal_change
    from year_participants
    inner join changes
        on
            year_participants.participant_key = changes.participant_key
            and year_participants.period_end = changes.period_end
    where {{ in_quarter('year_participants.end_date', 'year_participants.period_end') }}

)

{{ count_by_breakdowns('scores', rules, is_decimal=true, period='period_end') }}
