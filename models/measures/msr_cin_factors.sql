-- One row per authority, year and factor found by an assessment.
with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'cin'

),

assessments as (

    select * from {{ ref('year_cin__assessments') }}

),

factors as (

    select * from {{ ref('year_cin__assessment_factors') }}

),

-- distinct: a factor counts once an episode, however many of its assessments name it
episode_factors as (

    select distinct
        assessments.la_code,
        assessments.return_year,
        assessments.episode_key,
        factors.factor_group
    from assessments
    inner join factors
        on assessments.assessment_key = factors.assessment_key
    where
        assessments.is_completed_in_year
        -- 21 says that there is none
        and factors.factor_code != '21'

),

counted as (

    select
        returns.la_code,
        returns.period_end,
        episode_factors.factor_group,
        grouping(episode_factors.factor_group) = 1 as is_total,
        count(distinct episode_factors.episode_key) as episodes
    from returns
    left join episode_factors
        on
            returns.la_code = episode_factors.la_code
            and returns.return_year = episode_factors.return_year
    group by
        grouping sets (
            (returns.la_code, returns.period_end),
            (returns.la_code, returns.period_end, episode_factors.factor_group)
        )

)

select
    'CIN-F' as measure_id,
    la_code,
    period_end,
    case when is_total then 'all' else 'factor' end as breakdown,
    case when is_total then 'all' else factor_group end as breakdown_value,
    episodes as numerator,
    cast(null as bigint) as denominator
from counted
where is_total or factor_group is not null
