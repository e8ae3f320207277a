-- One row per measure of activity in a week of the pandemic, authority and source of referral.
{% set rules = {
    'V04': {
        'numerator': 'weekly_count',
        'by': {'referral_source': 'referral_source'},
        'only': "measure_code = 'REFERRAL'",
    },
    'V04-C': {'numerator': 'weekly_count', 'by': {}, 'only': "measure_code = 'CLA_START'"},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'covid_weekly' and list_contains(tables_sent, 'activity')

),

year_activity as (

    select * from {{ ref('year_covid_weekly__activity') }}
    where week_ending = period_end

),

sources as (

    select * from {{ ref('code_covid_weekly__referral_source') }}

),

of_sources as (

    select
        la_code,
        period_end,
        measure_code,
        sum(weekly_count) as weekly_count
    from year_activity
    where not is_total
    group by la_code, period_end, measure_code

),

-- what the sources do not account for of the number for all is of a source that is not stated
activity as (

    select
        year_activity.la_code,
        year_activity.period_end,
        year_activity.measure_code,
        case
            when year_activity.is_total then 'Not stated'
            else coalesce(sources.label, 'Unknown')
        end as referral_source,
        case
            when year_activity.is_total
                then greatest(year_activity.weekly_count - coalesce(of_sources.weekly_count, 0), 0)
            else year_activity.weekly_count
        end as weekly_count
    from year_activity
    left join sources
        on
            year_activity.referral_source_code = sources.code
            and year_activity.return_year
            between sources.first_year and coalesce(sources.last_year, 9999)
    left join of_sources
        on
            year_activity.la_code = of_sources.la_code
            and year_activity.period_end = of_sources.period_end
            and year_activity.measure_code = of_sources.measure_code

)

{{ count_by_breakdowns('activity', rules, period='period_end') }}
