"""What is predicted for the county: complex dependency and escalation.

The texts stand in the model card and are read by people who decide whether a model may be used: they say what a flag
does for someone, what a wrong one costs, and whom the records miss.
"""

from features.outcomes import Among, Outcome, Reaches, Rises
from features.specs import events

# Named in the Digital Economy Act 2017 s.35 and SI 2018/912, as far as the single view records them: unemployment is
# not recorded, disability and ill-health count where they bring care from adult social care, and leaving care is left
# out because it comes with a birthday, not with a new need.
DISADVANTAGES = (
    ("domestic abuse", (events("police", "domestic_abuse", "marac"),)),
    ("offending", (events("police", "arrest"), events("police", "violence", "acquisitive_crime", role="suspect"))),
    ("anti-social behaviour", (events("police", "anti_social_behaviour", role="suspect"),)),
    ("child in need", (events("children_services", ladder="children", min_tier=3),)),
    ("homelessness",
     (events("housing", "prevention_duty", "relief_duty", "main_duty", "temporary_accommodation"),)),
    ("financial exclusion",
     (events("housing", "rent_arrears"), events("revenues", "council_tax_arrears", "hardship_payment"))),
    ("substance misuse", (events("behavioural_health", "substance_treatment"),)),
    ("mental ill-health",
     (events("behavioural_health", "mental_health_care", "mental_health_crisis", "detention"),)),
    ("ill-health needing care", (events("adult_social_care", "short_term", "long_term", "residential"),)),
    ("irregular school attendance", (events("education", "persistent_absence", "exclusion"),)),
    ("not in education or training", (events("education", "not_in_education"),)),
)

COMPLEX_DEPENDENCY = Outcome(
    name="complex_dependency",
    title="Complex dependency: contact over several kinds of disadvantage within a year",
    rule=Reaches(at_least=3, contacts=DISADVANTAGES, scope="household"),
    among=Among(ages=(16, None), not_already_days=365),
    horizon_days=365,
    gap_days=30,
    purpose="To offer a household early, joined-up support before it depends on many services at once. A team that "
            "works across agencies reads the list, looks at each case and decides whether to offer help.",
    use_level="prioritisation",
    correct_flag="Someone is offered one named worker and a plan for the whole household months before several "
                 "services would have met them separately. The offer is voluntary: no benefit, service or right "
                 "depends on taking it.",
    wrong_flag="Someone who would have managed is offered help they do not need, and their records are looked at by "
               "one more professional, which is an intrusion in itself. Someone who was missed meets services later "
               "and in crisis. The list must never be used to withhold a service or to open an enquiry.",
    label_story="The label counts contact that services recorded, not need. Need comes first; then someone has to "
                "ask, report or be reported; then a service has to accept and record it, and the records have to be "
                "linked. People whose needs are never recorded count as doing well: victims who do not report, "
                "families who fear services, people without a fixed home, those whose records were not linked. People "
                "who are watched more closely, such as social tenants and residents of heavily policed places, "
                "reach three kinds of contact sooner for the same need. A household's label also rests on its other "
                "members, so one person's contact can make another's label true.",
)

ESCALATION = Outcome(
    name="escalation",
    title="Escalation: a higher tier of care or support within six months",
    rule=Rises(ladders=(("children", 5), ("adults", 3), ("housing", 4), ("mental_health", 3)), scope="home"),
    among=Among(involved=True),
    horizon_days=180,
    gap_days=0,
    purpose="To help the services already working with someone to see sooner where their support is not enough. The "
            "team that holds the case reads the list beside its own knowledge and decides whether to review the plan.",
    use_level="prioritisation",
    correct_flag="A plan is reviewed while it can still be changed, and support is added at the present tier: a child "
                 "stays safely at home, a tenancy is kept, a stay in hospital or residential care is avoided.",
    wrong_flag="A case worker spends time on a review that was not needed, and may come to see a family as riskier "
               "than it is: a flag must never be a reason to move someone up a tier. Someone who was missed is "
               "reviewed when they would have been anyway, which may be after the crisis.",
    label_story="The label is a decision by a service to move someone to a higher tier, not the need itself. "
                "Thresholds differ between teams and years, and tiers are rationed: when places or "
                "budgets are short, fewer people move up, however great the need. A move up can also be the right "
                "help at the right time, so the label is not always a harm. Only people who already have an open "
                "spell are in it: those who go straight into crisis unknown to any service are missed altogether.",
)

OUTCOMES = (COMPLEX_DEPENDENCY, ESCALATION)
