-- One row per published figure, in the words of its publication, with the area it is of.
with

landed as (

    select * from {{ source('official', 'figures') }}

),

files as (

    select * from {{ ref('ref_official_files') }}

),

compact as (

    select * from {{ ref('official_figures') }}

),

areas as (

    select * from {{ ref('map_official__area') }}

),

local_authorities as (

    select * from {{ ref('ref_local_authorities') }}

),

as_published as (

    select
        landed.publication,
        landed.dataset,
        landed.release,
        landed.area,
        landed.time_period,
        landed.filters,
        landed.indicator,
        landed.unit,
        landed.value_as_published,
        files.period_ends,
        files.areas_rounded_to,
        files.source,
        files.licence,
        files.source_file
    from landed
    inner join files
        on
            landed.publication = files.publication
            and landed.dataset = files.dataset
            and landed.release = files.release
    union all by name
    select
        *,
        cast(null as varchar) as source_file
    from compact

),

dated as (

    select
        *,
        {{ published_year('time_period') }} as period_year
    from as_published

)

select
    dated.publication,
    dated.dataset,
    dated.release,
    coalesce(
        areas.la_code,
        local_authorities.la_code,
        case when regexp_matches(dated.area, '^[EW]\d{8}( / [EW]\d{8})*$') then dated.area end
    ) as la_code,
    dated.time_period,
    {{ published_day('dated.period_year', 'dated.period_ends') }} as period_end,
    dated.filters,
    dated.indicator,
    dated.unit,
    dated.value_as_published,
    dated.areas_rounded_to,
    dated.source,
    dated.licence,
    dated.source_file
from dated
left join areas on dated.area = areas.area
-- a code of the Department has passed from one authority to its successor
left join local_authorities
    on
        dated.area = local_authorities.dfe_la_code
        and dated.period_year >= coalesce(local_authorities.first_year, 0)
        and dated.period_year <= coalesce(local_authorities.last_year, 9999)
