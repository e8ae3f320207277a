-- One row per contact about a child, of the six months before the day of the lists.
with

rows_sent as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, contact_date, contact_source_code, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_annex_a__contacts') }}

),

children as (

    select * from {{ ref('year_annex_a__children') }}

),

source_groups as (

    select * from {{ ref('group_cin__referral_source') }}

),

referrals as (

    select * from {{ ref('stg_annex_a__referrals') }}

),

-- distinct: a contact may be followed by several referrals
followed as (

    select distinct
        rows_sent.child_key,
        rows_sent.period_end,
        rows_sent.contact_date
    from rows_sent
    inner join referrals
        on
            rows_sent.child_key = referrals.child_key
            and rows_sent.period_end = referrals.period_end
            and referrals.referral_date
            between rows_sent.contact_date and rows_sent.contact_date + 14
            and rows_sent.period_end >= referrals.referral_date

),

contacts as (

    select
        rows_sent.*,
        {{ in_months_before('rows_sent.contact_date', 6, 'rows_sent.period_end') }} as is_in_period,
        followed.child_key is not null as is_followed_by_referral
    from rows_sent
    left join followed
        on
            rows_sent.child_key = followed.child_key
            and rows_sent.period_end = followed.period_end
            and rows_sent.contact_date = followed.contact_date
    where rows_sent.row_from_last = 1

)

select
    {{ hash_key(['contacts.child_key', 'contacts.contact_date', 'contacts.contact_source_code']) }}
        as contact_key,
    contacts.child_year_key,
    contacts.child_key,
    contacts.la_code,
    contacts.return_year,
    contacts.period_end,
    contacts.contact_date,
    contacts.contact_source_code,
    coalesce(source_groups.referral_source_group, 'Not stated') as contact_source_group,
    contacts.is_in_period,
    contacts.is_followed_by_referral,
    {{ ordinal_in_period('contacts', 'contact_date') }} as ordinal_in_period,
    children.sex_code,
    children.ethnicity_group,
    children.is_disabled,
    children.age_at_period_end,
    children.age_band
from contacts
left join children
    on contacts.child_key = children.child_key and contacts.period_end = children.period_end
left join source_groups
    on contacts.contact_source_code = source_groups.code
