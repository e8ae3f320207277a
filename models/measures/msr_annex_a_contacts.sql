-- One row per measure of contacts (list 1), authority, day and breakdown value.
{% set rules = {
    'A101': {'numerator': 'is_contact', 'also': {'source': 'contact_source_group'}},
    'A101-C': {'numerator': 'is_child'},
    'A103': {'numerator': 'is_child and ordinal_earliest >= 2', 'denominator': 'is_child'},
    'A104': {
        'numerator': 'is_contact and is_followed_by_referral',
        'denominator': 'is_contact',
        'only': "list_contains(returns.tables_sent, 'referrals')",
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'annex_a'
        and list_contains(tables_sent, 'contacts')

),

year_contacts as (

    select * from {{ ref('year_annex_a__contacts') }}
    where is_in_period

),

contacts as (

    select
        la_code,
        period_end,
        true as is_contact,
        -- a child counts once, at the latest contact
        ordinal_in_period = 1 as is_child,
        max(ordinal_in_period) over (partition by child_key, period_end) as ordinal_earliest,
        is_followed_by_referral,
        contact_source_group,
        sex_code,
        age_band,
        ethnicity_group
    from year_contacts

)

{{ count_by_breakdowns('contacts', rules, is_decimal=true, period='period_end') }}
