-- What seeds/official/official_figures.csv is made of, once the published files have landed and a
-- build has run. Compile it, then ask the warehouse:
-- liia sql --csv -- "$(cat target/compiled/london_child_data/analyses/official_figures_seed.sql)"
with

figures as (

    select * from {{ ref('ref_official_figures') }}
    where is_latest

),

series as (

    select * from {{ ref('official_series') }}

),

local_authorities as (

    select * from {{ ref('ref_local_authorities') }}
    where is_in_region

),

region_areas as (

    select * from {{ ref('region_areas') }}

),

files as (

    select * from {{ ref('ref_official_files') }}

),

-- distinct: a figure may be of several series
chosen as (

    select distinct
        figures.publication,
        figures.dataset,
        figures.release,
        figures.la_code as area,
        figures.time_period,
        figures.filters,
        figures.indicator,
        figures.unit,
        figures.value_as_published
    from figures
    inner join series
        on
            figures.publication = series.publication
            and figures.dataset = series.dataset
            and figures.indicator like series.indicator
            and figures.filters like series.filters
            and {{ published_year('figures.time_period') }} >= series.first_year
            and (series.areas = 'all' or figures.area_level != 'local authority')
    where
        figures.la_code = 'E92000001'
        or figures.la_code in (select region_areas.area_code from region_areas)
        or list_has_any(
            string_split(figures.la_code, ' / '),
            (select list(local_authorities.la_code) from local_authorities)
        )

)

select
    chosen.*,
    files.period_ends,
    files.areas_rounded_to,
    files.source,
    files.licence
from chosen
inner join files
    on
        chosen.publication = files.publication
        and chosen.dataset = files.dataset
        and chosen.release = files.release
order by all
