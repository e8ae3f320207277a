-- One row per measure, local authority or area, period, breakdown and breakdown value.
with

measures as (

    select * from {{ ref('measures') }}

),

flagged as (

    select * from {{ ref('msr_flagged') }}

),

area_totals as (

    select * from {{ ref('msr_area_totals') }}

),

areas_and_authorities as (

    select
        *,
        1 as la_count,
        1 as la_expected,
        false as is_area
    from flagged
    union all
    select
        *,
        true as is_area
    from area_totals

),

-- What must not be shown is taken out here, and nothing below can see it.
shown as (

    select
        measure_id,
        la_code,
        period_type,
        period_end,
        breakdown,
        breakdown_value,
        case when not is_numerator_hidden then cast(numerator as double) end as numerator,
        case when not is_denominator_hidden then cast(denominator as double) end
            as denominator,
        is_numerator_hidden or is_denominator_hidden as is_suppressed,
        is_area,
        la_count,
        la_expected
    from areas_and_authorities

),

valued as (

    select
        shown.*,
        measures.unit,
        round(
            case
                when shown.is_suppressed then null
                when measures.unit in ('count', 'median') then shown.numerator
                else {{ rate('shown.numerator', 'shown.denominator', 'measures.rate_per') }}
            end,
            measures.decimals
        ) as value
    from shown
    inner join measures
        on shown.measure_id = measures.measure_id

)

select
    valued.measure_id,
    valued.la_code,
    valued.period_type,
    valued.period_end,
    valued.breakdown,
    valued.breakdown_value,
    case when valued.unit != 'median' then valued.numerator end as numerator,
    valued.denominator,
    valued.value,
    case
        when valued.is_suppressed then 'suppressed'
        -- a rate is given for all children only, a count for every breakdown
        when valued.value is null and (valued.unit != 'rate' or valued.breakdown = 'all')
            then 'not_available'
        when valued.is_area then 'rounded'
        else 'shown'
    end as status,
    valued.la_count,
    valued.la_expected
from valued
