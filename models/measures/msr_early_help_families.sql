-- One row per measure of families in Supporting Families, authority and extract.
{% set rules = {
    'E04': {
        'numerator': 'is_assessed and need_count >= 3',
        'denominator': 'is_assessed',
        'by': {},
        'only': "list_contains(tables_sent, 'family_needs')",
    },
    'E05': {'numerator': 'has_succeeded', 'denominator': 'true', 'by': {}},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'early_help'
        and list_has_all(tables_sent, ['families', 'family_claims'])

),

year_families as (

    select * from {{ ref('year_early_help__families') }}

),

year_claims as (

    select * from {{ ref('year_early_help__family_claims') }}

),

year_needs as (

    select * from {{ ref('year_early_help__family_needs') }}

),

claims as (

    select
        eh_family_key,
        period_end,
        bool_or(
            coalesce(
                whole_family_assessment_date between {{ year_start() }} and period_end, false
            )
        ) as is_assessed,
        bool_or(
            claim_type_code = 'SSP'
            and audit_status_code = 'PASS'
            and {{ in_quarter('claim_date') }}
        ) as has_succeeded
    from year_claims
    group by eh_family_key, period_end

),

needs_of_families as (

    select
        eh_family_key,
        period_end,
        count(distinct outcome_no_code) as need_count
    from year_needs
    group by eh_family_key, period_end

),

families as (

    select
        year_families.la_code,
        year_families.period_end,
        coalesce(claims.is_assessed, false) as is_assessed,
        coalesce(claims.has_succeeded, false) as has_succeeded,
        coalesce(needs_of_families.need_count, 0) as need_count
    from year_families
    left join claims
        on
            year_families.eh_family_key = claims.eh_family_key
            and year_families.period_end = claims.period_end
    left join needs_of_families
        on
            year_families.eh_family_key = needs_of_families.eh_family_key
            and year_families.period_end = needs_of_families.period_end

)

{{ count_by_breakdowns('families', rules, period='period_end') }}
