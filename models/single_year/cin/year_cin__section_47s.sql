-- One row per section 47 enquiry, in one return year.
with

enquiries as (

    select * from {{ ref('stg_cin__section_47') }}

),

episodes as (

    select * from {{ ref('int_cin__episodes') }}

),

children as (

    select * from {{ ref('year_cin__children') }}

),

numbered as (

    select
        enquiries.*,
        episodes.episode_key,
        -- the Department counts one enquiry per child and start date: the first in the file
        row_number() over (
            partition by enquiries.child_year_key, enquiries.start_date
            order by enquiries.source_file, enquiries.source_row
        ) as same_day_ordinal
    from enquiries
    left join episodes
        on
            enquiries.la_code = episodes.la_code
            and enquiries.return_year = episodes.return_year
            and enquiries.source_file = episodes.source_file
            and enquiries.parent_row = episodes.source_row

)

select
    {{ hash_key([
        'numbered.child_year_key', 'numbered.start_date', 'numbered.same_day_ordinal'
    ]) }} as section_47_key,
    numbered.episode_key,
    numbered.child_year_key,
    numbered.child_key,
    numbered.la_code,
    numbered.return_year,
    numbered.start_date,
    numbered.initial_conference_date,
    numbered.initial_conference_date is not null as has_initial_conference,
    coalesce(numbered.is_conference_not_required, false) as is_conference_not_required,
    {{ in_year('numbered.start_date', 'numbered.return_year') }} as is_started_in_year,
    numbered.start_date is not null and numbered.same_day_ordinal = 1 as is_counted,
    children.sex_code,
    children.ethnicity_group,
    children.age_band
from numbered
left join children
    on numbered.child_year_key = children.child_year_key
