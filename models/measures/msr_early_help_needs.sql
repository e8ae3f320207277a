-- One row per measure of the needs of families, authority, extract and headline outcome.
{% set rules = {
    'E06': {
        'numerator': 'is_achieved',
        'denominator': 'is_identified',
        'by': {'headline': 'headline'},
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'early_help' and list_contains(tables_sent, 'family_needs')

),

year_needs as (

    select * from {{ ref('year_early_help__family_needs') }}

),

headlines as (

    select * from {{ ref('code_early_help__outcome_no') }}

),

needs as (

    select
        year_needs.la_code,
        year_needs.period_end,
        true as is_identified,
        coalesce(year_needs.outcome_achieved_date <= year_needs.period_end, false) as is_achieved,
        coalesce(headlines.label, 'Unknown') as headline
    from year_needs
    left join headlines
        on
            year_needs.outcome_no_code = headlines.code
            and year_needs.return_year
            between headlines.first_year and coalesce(headlines.last_year, 9999)
    where
        year_needs.need_identified_date
        between {{ year_start('year_needs.return_year') }} and year_needs.period_end

)

{{ count_by_breakdowns('needs', rules, period='period_end') }}
