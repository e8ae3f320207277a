-- One row per offer of the compact, authority and day: the care leavers whom it covers.
{% set rules = {
    'L02': {'numerator': "list_contains(offers, 'CTAX')", 'denominator': 'true', 'by': {}},
    'L02-T': {'numerator': "list_contains(offers, 'TRAVEL')", 'denominator': 'true', 'by': {}},
    'L02-P': {'numerator': "list_contains(offers, 'PRESC')", 'denominator': 'true', 'by': {}},
    'L02-D': {'numerator': "list_contains(offers, 'DEPOSIT')", 'denominator': 'true', 'by': {}},
    'L02-H': {'numerator': "list_contains(offers, 'HOMELESS')", 'denominator': 'true', 'by': {}},
    'L02-R': {'numerator': "list_contains(offers, 'PROTOCOL')", 'denominator': 'true', 'by': {}},
    'L02-N': {'numerator': "list_contains(offers, 'NHSJOB')", 'denominator': 'true', 'by': {}},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'care_leavers_compact'
        and list_has_all(tables_sent, ['la_offers', 'care_leavers'])

),

-- what was last recorded by the day of the return
year_care_leavers as (

    select * from {{ ref('year_care_leavers_compact__care_leavers') }}
    where baseline_date <= period_end
    qualify
        row_number() over (partition by child_key, period_end order by baseline_date desc) = 1

),

year_offers as (

    select * from {{ ref('year_care_leavers_compact__la_offers') }}
    where baseline_date <= period_end
    qualify
        row_number() over (
            partition by la_code, offer_code, period_end order by baseline_date desc
        ) = 1

),

care_leavers as (

    select
        year_care_leavers.la_code,
        year_care_leavers.period_end,
        list(year_offers.offer_code) as offers
    from year_care_leavers
    left join year_offers
        on
            year_care_leavers.la_code = year_offers.la_code
            and year_care_leavers.period_end = year_offers.period_end
            and year_offers.is_in_place
            and year_care_leavers.age_at_baseline <= coalesce(year_offers.age_limit, 25)
    where
        year_care_leavers.age_at_baseline between 18 and 25
        and not year_care_leavers.is_living_elsewhere
    group by
        year_care_leavers.la_code, year_care_leavers.period_end, year_care_leavers.care_leaver_key

)

{{ count_by_breakdowns('care_leavers', rules, period='period_end') }}
