-- One row per measure of children supported and seen, authority and week of the pandemic.
{% set rules = {
    'V01': {'numerator': 'cla_4', 'denominator': 'cla', 'by': {}, 'only': 'cla_4 is not null'},
    'V01-2': {'numerator': 'cla_2', 'denominator': 'cla', 'by': {}, 'only': 'cla_2 is not null'},
    'V01-P': {'numerator': 'cpp_4', 'denominator': 'cpp', 'by': {}, 'only': 'cpp_4 is not null'},
    'V01-P2': {'numerator': 'cpp_2', 'denominator': 'cpp', 'by': {}, 'only': 'cpp_2 is not null'},
    'V01-N': {'numerator': 'cin_4', 'denominator': 'cin', 'by': {}, 'only': 'cin_4 is not null'},
    'V01-N2': {'numerator': 'cin_2', 'denominator': 'cin', 'by': {}, 'only': 'cin_2 is not null'},
    'V03': {
        'numerator': 'cla - cla_before',
        'denominator': 'cla_before',
        'by': {},
        'only': 'is_cla_compared',
    },
    'V03-P': {
        'numerator': 'cpp - cpp_before',
        'denominator': 'cpp_before',
        'by': {},
        'only': 'is_cpp_compared',
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'covid_weekly' and list_contains(tables_sent, 'children')

),

year_children as (

    select * from {{ ref('year_covid_weekly__children') }}
    where week_ending = period_end

),

-- children, and those in contact within two and four weeks
weeks as (

    select
        {% for group in ['CLA', 'CPP', 'CIN'] %}
            max(children_count) filter (where child_group_code = '{{ group }}')
                as {{ group | lower }},
            max(contact_last_2_weeks_count) filter (where child_group_code = '{{ group }}')
                as {{ group | lower }}_2,
            max(contact_last_4_weeks_count) filter (where child_group_code = '{{ group }}')
                as {{ group | lower }}_4,
        {% endfor %}
        la_code,
        period_end
    from year_children
    group by la_code, period_end

),

-- a change from or to a small number would tell it
compared as (

    select
        weeks.*,
        weeks_before.cla as cla_before,
        weeks_before.cpp as cpp_before,
        weeks.cla - weeks_before.cla is not null
        and not {{ is_small('weeks.cla') }}
        and not {{ is_small('weeks_before.cla') }} as is_cla_compared,
        weeks.cpp - weeks_before.cpp is not null
        and not {{ is_small('weeks.cpp') }}
        and not {{ is_small('weeks_before.cpp') }} as is_cpp_compared
    from weeks
    left join weeks as weeks_before
        on
            weeks.la_code = weeks_before.la_code
            and weeks.period_end = weeks_before.period_end + 364

)

{{ count_by_breakdowns('compared', rules, period='period_end') }}
