-- Quarters that do not add up to the year, or whose last day is not the year's.
{% set pairs = [
    ('Q05', 'CIN-R1', 'flow'),
    ('Q08', 'CIN-A1', 'flow'),
    ('Q13', 'CIN-S1', 'flow'),
    ('Q18', 'CIN-P2', 'flow'),
    ('Q39', 'S04', 'flow'),
    ('Q40', 'S18', 'flow'),
    ('Q11', 'CIN-N1', 'stock'),
    ('Q20', 'CIN-P1', 'stock'),
    ('Q23', 'CLA-1', 'stock'),
] %}

with

quarterly as (

    select * from {{ ref('msr_quarterly') }}

),

counted as (

    select * from {{ ref('msr_counted') }}
    where breakdown = 'all'

),

pairs as (

    {% for indicator_id, measure_id, kind in pairs %}
        select
            '{{ indicator_id }}' as indicator_id,
            '{{ measure_id }}' as measure_id,
            '{{ kind }}' as kind
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

years as (

    select
        quarterly.indicator_id,
        pairs.measure_id,
        quarterly.la_code,
        quarterly.return_year,
        sum(quarterly.numerator) as numerator
    from quarterly
    inner join pairs
        on quarterly.indicator_id = pairs.indicator_id
    where
        pairs.kind = 'flow'
        or quarterly.period_end = {{ year_end('quarterly.return_year') }}
    group by
        quarterly.indicator_id, pairs.measure_id, quarterly.la_code, quarterly.return_year

)

select
    years.indicator_id,
    years.la_code,
    years.return_year,
    years.numerator as numerator_of_quarters,
    counted.numerator as numerator_of_year
from years
inner join counted
    on
        years.measure_id = counted.measure_id
        and years.la_code = counted.la_code
        and years.return_year = year(counted.period_end)
where years.numerator != counted.numerator
