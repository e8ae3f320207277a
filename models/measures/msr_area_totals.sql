-- One row per measure, area, period and breakdown value: sums of what was counted, not shown.
with

measures as (

    select * from {{ ref('measures') }}

),

flagged as (

    select * from {{ ref('msr_flagged') }}
    where numerator is not null

),

local_authorities as (

    select * from {{ ref('ref_local_authorities') }}

),

region_areas as (

    select * from {{ ref('region_areas') }}

),

coverage as (

    select * from {{ ref('msr_area_coverage') }}

),

totals as (

    select
        flagged.measure_id,
        region_areas.area_code,
        flagged.period_type,
        flagged.period_end,
        flagged.breakdown,
        flagged.breakdown_value,
        cast(count(*) as integer) as la_count,
        cast(sum(flagged.numerator) as decimal(18, 6)) as numerator,
        -- a sum with an authority missing from it would be no denominator
        cast(
            case when count(flagged.denominator) = count(*) then sum(flagged.denominator) end
            as decimal(18, 6)
        ) as denominator,
        count(*) filter (where flagged.is_numerator_hidden) as hidden_numerators,
        sum(flagged.numerator) filter (where flagged.is_numerator_hidden) as hidden_numerator,
        count(*) filter (where flagged.is_denominator_hidden) as hidden_denominators,
        sum(flagged.denominator) filter (where flagged.is_denominator_hidden) as hidden_denominator
    from flagged
    inner join local_authorities
        on flagged.la_code = local_authorities.la_code
    inner join region_areas
        on local_authorities.region_code = region_areas.region_code
    inner join measures
        on flagged.measure_id = measures.measure_id
    where measures.unit != 'median' -- medians do not add up
    group by
        flagged.measure_id, region_areas.area_code, flagged.period_type, flagged.period_end,
        flagged.breakdown, flagged.breakdown_value

)

select
    totals.measure_id,
    totals.area_code as la_code,
    totals.period_type,
    totals.period_end,
    totals.breakdown,
    totals.breakdown_value,
    {{ round_to_10('totals.numerator') }} as numerator,
    case
        when measures.unit = 'rate' then totals.denominator
        else {{ round_to_10('totals.denominator') }}
    end as denominator,
    {{ pins_hidden_counts(
        '(totals.numerator - totals.hidden_numerator)',
        'totals.hidden_numerators',
        'totals.hidden_numerator'
    ) }} as is_numerator_hidden,
    {{ pins_hidden_counts(
        '(totals.denominator - totals.hidden_denominator)',
        'totals.hidden_denominators',
        'totals.hidden_denominator'
    ) }} as is_denominator_hidden,
    totals.la_count,
    coverage.la_expected
from totals
inner join measures
    on totals.measure_id = measures.measure_id
inner join coverage
    on
        totals.area_code = coverage.area_code
        and measures.return_name = coverage.return_name
        and totals.period_end = coverage.period_end
