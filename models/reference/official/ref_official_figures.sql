-- One row per published figure: publication, dataset, release, area, period, what it is of, and
-- indicator.
with

figures as (

    select * from {{ ref('int_official__figures') }}
    where la_code is not null

),

symbols as (

    select * from {{ ref('official_symbols') }}

),

levelled as (

    select
        *,
        case
            when la_code like '% / %' then 'joint authorities'
            when la_code like '_92%' then 'country'
            when la_code like 'E12%' then 'region'
            when la_code like 'E13%' then 'sub-region'
            when la_code like 'E01%' then 'neighbourhood'
            when la_code like 'E07%' then 'district'
            else 'local authority'
        end as area_level,
        {{ as_figure('value_as_published') }} as figure
    from figures
    -- a landed figure takes the place of the same figure in the seed
    qualify
        row_number() over (
            partition by publication, dataset, release, la_code, time_period, filters, indicator
            order by source_file is null
        ) = 1

)

select
    levelled.publication,
    levelled.dataset,
    levelled.release,
    levelled.la_code,
    levelled.area_level,
    levelled.time_period,
    levelled.period_end,
    levelled.filters,
    levelled.indicator,
    levelled.unit,
    levelled.value_as_published,
    case when levelled.unit not in ('words', 'date') then levelled.figure end as value,
    case
        when levelled.value_as_published is null then 'blank'
        when levelled.unit in ('words', 'date') then 'in words'
        when levelled.figure is not null then 'value'
        else coalesce(symbols.status, 'unknown symbol')
    end as status,
    case
        when levelled.unit = 'count' and levelled.area_level in ('country', 'region', 'sub-region')
            then levelled.areas_rounded_to
    end as rounded_to,
    -- of several releases that have the same figure, the last one
    row_number() over (
        partition by
            levelled.publication,
            levelled.dataset,
            levelled.la_code,
            levelled.time_period,
            levelled.filters,
            levelled.indicator
        order by levelled.release desc
    ) = 1 as is_latest,
    levelled.source,
    levelled.licence,
    levelled.source_file
from levelled
left join symbols
    on levelled.value_as_published = symbols.symbol
