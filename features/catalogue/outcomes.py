"""What is predicted for the county: complex dependency, escalation, repeat domestic abuse, delayed discharge and fires.

The texts stand in the model card and are read by people who decide whether a model may be used: they say what a flag
does for someone, what a wrong one costs, and whom the records miss.
"""

from features.outcomes import Among, Occurs, Outcome, Reaches, Rises, StaysOpen
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

ABUSE = events("police", "domestic_abuse", role="victim")

REPEAT_DOMESTIC_ABUSE = Outcome(
    name="repeat_domestic_abuse",
    title="Repeat domestic abuse: a further incident within a year of one that is being triaged",
    rule=Occurs((ABUSE,)),
    among=Among(ages=(16, None)),
    trigger=ABUSE,
    horizon_days=365,
    gap_days=0,
    purpose="To help a triage team that sees every reported incident to choose which victims an independent advocate "
            "calls first. The team reads the list beside the officer's DASH grade and decides; neither overrules the "
            "other.",
    use_level="prioritisation",
    correct_flag="A victim who would be harmed again hears from an advocate within days, while it is still fresh, and "
                 "is offered safety planning, legal help and somewhere to go. What they do with it is their choice.",
    wrong_flag="A victim who would have been safe is called by a stranger about something they may want behind them, "
               "and a call at the wrong moment can itself be dangerous: safe contact comes before any ranking. Someone "
               "who was missed waits longer for the same call. A low rank never means that someone is safe, and must "
               "never be used to close a case.",
    label_story="The label is a further incident that police recorded, not further abuse. Most abuse is never "
                "reported, so victims who do not report again look safe: those whom the first response put off, those "
                "who are controlled too closely to call, those who fear losing children, home or leave to stay. Who "
                "has trust in the police, or neighbours who call, is counted as more at risk for the same harm. More "
                "police attention after an incident brings more records too. An incident may be a minor one: the "
                "label does not say that things got worse. Someone who leaves the county is out of sight.",
)

REFERRAL = events("hospital", "discharge_referral")

DELAYED_DISCHARGE = Outcome(
    name="delayed_discharge",
    title="Delayed discharge: still in hospital a week after the referral for discharge became known",
    rule=StaysOpen(REFERRAL),
    trigger=REFERRAL,
    horizon_days=7,
    gap_days=0,
    purpose="To help the discharge team to see, on the day after a referral, which patients are likely to be stuck "
            "when they are fit to leave, so that care at home, equipment or a place is arranged before it is waited "
            "for. The team decides what each patient needs, with them and their family.",
    use_level="prioritisation",
    correct_flag="Someone who would have waited goes home, or to where they will live, days earlier and with what "
                 "they need in place. Older people lose strength with every day in a hospital bed, and the bed is "
                 "free for someone else.",
    wrong_flag="A coordinator plans for a delay that would not have come, and a place or a package may be held for "
               "someone who does not need it. A flag must never hurry anybody out who is not fit to leave, nor keep "
               "anybody in because a delay is expected. Someone who was missed waits as they would have without a "
               "list.",
    label_story="A referral is a decision: wards refer those whom they think will need help to leave, and refer "
                "early or late. Who is never referred and waits all the same is not in it. A referral that stays open "
                "is a person who is still in a bed, for whatever reason: care at home that could not be found, a "
                "place that could not be paid for, a family that did not agree, or a patient who fell ill again, "
                "which is not a delay at all. Places that are short of carers have longer waits for the same "
                "need. A referral that nobody closed looks like a patient who never left. Someone who dies in "
                "hospital within the week counts as not delayed.",
)

DWELLING_FIRE = Outcome(
    name="dwelling_fire",
    title="Dwelling fire: an accidental fire at home within a year",
    rule=Occurs((events("fire", "dwelling_fire"),), scope="property"),
    unit="property",
    horizon_days=365,
    gap_days=30,
    purpose="To help the fire and rescue service to choose which homes to offer a home fire safety visit first. Crews "
            "read the list beside the referrals that they get from partners, and decide.",
    use_level="prioritisation",
    correct_flag="A home gets working smoke alarms and advice that fits who lives there before there is a fire, and "
                 "the visitor sees whether somebody needs other help. A visit is an offer and may be refused.",
    wrong_flag="A crew spends an hour in a home that would not have burnt, and people who asked for nothing have a "
               "visitor in uniform at the door. A home that was missed is visited when its turn comes, or after a "
               "fire. The list says nothing about blame, and must never reach an insurer or a landlord.",
    label_story="Only fires that the service attended are recorded: people put out most small fires themselves and "
                "tell nobody, and those who live alone or are slow to act are likelier to need the service, so part "
                "of what is learnt is who calls. Fires are rare, about one dwelling in a thousand in a year: "
                "the events that a county of this size has are few, what a model can learn from them is little, and "
                "whether it treats groups alike can't be told. Visits lower the risk and go to homes thought to be at "
                "risk: homes that were helped look safer than they were.",
)

OUTCOMES = (COMPLEX_DEPENDENCY, ESCALATION, REPEAT_DOMESTIC_ABUSE, DELAYED_DISCHARGE, DWELLING_FIRE)
