-- One row per person on one of the area SEND lists of a day.
{% set words = {
    'is_home_educated': 'elective_home_education_code',
    'has_pupil_premium': 'pupil_premium_code',
    'is_known_to_social_care': 'known_to_social_care_code',
    'is_disabled': 'disability_code',
} %}
{% set shared = [
    'child_year_key', 'child_key', 'learner_key', 'la_code', 'return_year', 'period_end', 'birth_date',
    'gender_code', 'ethnicity_code', 'primary_need_code', 'main_urn', 'main_phase_code',
    'suspension_count', 'permanent_exclusion_count', 'absence_percent', 'pupil_premium_code',
    'known_to_social_care_code', 'disability_code', 'source_file', 'source_row',
] %}

with

rows_sent as (

    select
        'plans' as list_name,
        {{ shared | join(', ') }},
        elective_home_education_code,
        initial_plan_date,
        updated_plan_date,
        last_review_date
    from {{ ref('stg_annex_a_send__plans') }}
    union all
    select
        'sen_support' as list_name,
        {{ shared | join(', ') }},
        cast(null as varchar) as elective_home_education_code,
        cast(null as date) as initial_plan_date,
        cast(null as date) as updated_plan_date,
        cast(null as date) as last_review_date
    from {{ ref('stg_annex_a_send__sen_support') }}

),

-- What is sent twice counts once, and the row furthest down stands: first of each local number,
by_local_number as (

    select * from rows_sent
    qualify
        row_number() over (
            partition by list_name, period_end, child_key order by source_file desc, source_row desc
        ) = 1

),

-- then of each pupil or learner number.
persons as (

    select
        *,
        {{ age_at('birth_date', 'period_end') }} as age
    from by_local_number
    qualify
        row_number() over (
            partition by list_name, period_end, coalesce(learner_key, child_key)
            order by source_file desc, source_row desc
        ) = 1

)

select
    persons.list_name,
    persons.child_year_key,
    persons.child_key,
    persons.learner_key,
    persons.la_code,
    persons.return_year,
    persons.period_end,
    case genders.label when 'Male' then 'M' when 'Female' then 'F' else 'U' end as sex_code,
    coalesce(ethnicity_groups.ethnicity_group, 'Unknown') as ethnicity_group,
    coalesce(needs.label, 'Not recorded') as primary_need_group,
    coalesce(phases.label, 'Not recorded') as phase_group,
    persons.main_urn,
    persons.initial_plan_date,
    persons.updated_plan_date,
    persons.last_review_date,
    {% for flag in words %}
        {{ flag }}_word.label = 'Yes' as {{ flag }},
    {% endfor %}
    coalesce(persons.age between 5 and 15, false) as is_school_age,
    cast(persons.age as integer) as age_at_period_end,
    {{ sen2_age_band('persons.age') }} as age_band,
    persons.suspension_count,
    persons.permanent_exclusion_count,
    persons.absence_percent
from persons
left join {{ ref('code_annex_a_send__gender') }} as genders on persons.gender_code = genders.code
left join {{ ref('group_ethnicity') }} as ethnicity_groups
    on persons.ethnicity_code = ethnicity_groups.code
left join {{ ref('code_annex_a_send__primary_need') }} as needs
    on persons.primary_need_code = needs.code
left join {{ ref('code_annex_a_send__phase') }} as phases on persons.main_phase_code = phases.code
{% for flag, code in words.items() %}
    left join {{ ref('code_annex_a_send__yes_no') }} as {{ flag }}_word
        on persons.{{ code }} = {{ flag }}_word.code
{% endfor %}
