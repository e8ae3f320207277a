-- One row per measure of the register that is published, with area, period and breakdown value.
with

figures as (

    select
        *,
        -- what SEN2 counts in a calendar year is of the census in the January that follows
        case
            when publication = 'dfe_sen2' and month(period_end) = 12
                then {{ census_day('(year(period_end) + 1)') }}
            else period_end
        end as counted_at
    from {{ ref('ref_official_figures') }}
    where is_latest and period_end is not null

),

parts as (

    select * from {{ ref('map_official__measure') }}

),

registered as (

    select * from {{ ref('measures') }}

),

-- a part may be the sum of several figures, and is known only where all of them are
added as (

    select
        parts.measure_id,
        figures.la_code,
        figures.counted_at as period_end,
        parts.breakdown,
        parts.breakdown_value,
        parts.part,
        case when count(figures.value) = count(*) then sum(figures.value) end as value,
        min(figures.status) filter (where figures.value is null) as why_not,
        max(figures.rounded_to) as rounded_to,
        max(figures.source) as published_in,
        max(figures.licence) as licence
    from figures
    inner join parts
        on
            figures.publication = parts.publication
            and figures.dataset = parts.dataset
            and figures.indicator = parts.indicator
            and figures.filters = parts.filters
    group by
        parts.measure_id,
        figures.la_code,
        figures.counted_at,
        parts.breakdown,
        parts.breakdown_value,
        parts.part
    having
        count(*) = (
            select count(*)
            from parts as wanted
            where
                wanted.measure_id = parts.measure_id
                and wanted.part = parts.part
                and wanted.breakdown = parts.breakdown
                and wanted.breakdown_value = parts.breakdown_value
        )

)

select
    added.measure_id,
    added.la_code,
    added.period_end,
    added.breakdown,
    added.breakdown_value,
    max(added.value) filter (where added.part = 'numerator') as numerator,
    max(added.value) filter (where added.part = 'denominator') as denominator,
    max(added.value) filter (where added.part = 'value') as value,
    max(added.why_not) filter (where added.part = 'numerator') as why_no_numerator,
    max(added.why_not) filter (where added.part = 'denominator') as why_no_denominator,
    max(added.why_not) filter (where added.part = 'value') as why_no_value,
    max(added.rounded_to) filter (where added.part = 'numerator') as rounded_to,
    max(added.published_in) as published_in,
    max(added.licence) as licence
from added
inner join registered
    on added.measure_id = registered.measure_id
group by
    added.measure_id,
    added.la_code,
    added.period_end,
    added.breakdown,
    added.breakdown_value
