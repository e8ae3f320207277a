-- One row per child and day of an initial child protection conference, in one return year.
with

section_47s as (

    select * from {{ ref('year_cin__section_47s') }}

),

episodes as (

    select * from {{ ref('year_cin__episodes') }}

),

working_days as (

    select * from {{ ref('ref_working_days') }}

),

-- The clock starts with the enquiry, or with the referral of a child who moved in on a plan.
both_sources as (

    select
        child_year_key,
        episode_key,
        section_47_key,
        initial_conference_date as conference_date,
        'section_47' as conference_source,
        start_date as clock_start_date
    from section_47s
    where initial_conference_date is not null
    union all
    select
        child_year_key,
        episode_key,
        null as section_47_key,
        transfer_in_conference_date as conference_date,
        'transfer_in' as conference_source,
        referral_date as clock_start_date
    from episodes
    where transfer_in_conference_date is not null

),

conferences as (

    select * from both_sources
    -- one conference per child and day: an enquiry before a transfer in, the earliest enquiry first
    qualify
        row_number() over (
            partition by child_year_key, conference_date
            order by conference_source, clock_start_date nulls last, section_47_key, episode_key
        ) = 1

),

timed as (

    select
        conferences.*,
        {{ working_days_between('clock.working_day_number', 'held.working_day_number') }}
            as working_days
    from conferences
    left join working_days as clock
        on conferences.clock_start_date = clock.day_date
    -- dates in the wrong order have no duration
    left join working_days as held
        on
            conferences.conference_date = held.day_date
            and conferences.conference_date >= conferences.clock_start_date

)

select
    {{ hash_key(['timed.child_year_key', 'timed.conference_date']) }} as initial_conference_key,
    timed.section_47_key,
    timed.episode_key,
    episodes.child_year_key,
    episodes.child_key,
    episodes.la_code,
    episodes.return_year,
    timed.conference_date,
    timed.conference_source,
    timed.clock_start_date,
    timed.working_days,
    timed.working_days <= 15 as is_within_15_working_days,
    {{ in_year('timed.conference_date', 'episodes.return_year') }} as is_held_in_year,
    episodes.sex_code,
    episodes.ethnicity_group,
    episodes.age_band
from timed
inner join episodes
    on timed.episode_key = episodes.episode_key
