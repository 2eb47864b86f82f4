"""What the county's ten agencies record: 43 kinds of event, with their ladders of need.

Tiers follow the county's levels of need: children 0 universal to 5 looked after; adults short-term, long-term,
residential; housing prevention, relief, main duty, temporary accommodation; police domestic abuse by DASH grade.
"""

from features.specs import Kind

CHILDREN, OFFENCE, HEALTH = ("children",), ("offence",), ("health",)
POLICE_TIERS = ((0, "standard risk"), (1, "medium risk"), (2, "high risk"), (3, "MARAC"))
ADULT_TIERS = ((0, "contact"), (1, "short-term support"), (2, "long-term community care"), (3, "residential care"))
CHILD_TIERS = ((0, "universal"), (1, "universal plus"), (2, "targeted early help"), (3, "child in need"),
               (4, "child protection plan"), (5, "looked after"))
HOUSING_TIERS = ((1, "prevention duty"), (2, "relief duty"), (3, "main duty"), (4, "temporary accommodation"))
MENTAL_TIERS = ((0, "referral"), (1, "community care"), (2, "crisis care"), (3, "detention"))

KINDS = (
    # Police
    Kind("police", "domestic_abuse", "domestic abuse incident", roles=("victim", "suspect"), amount="DASH ticks",
         ladder="police", tiers=POLICE_TIERS, sensitive=OFFENCE),
    Kind("police", "marac", "MARAC hearing", roles=("victim", "suspect"), ladder="police", tiers=POLICE_TIERS, sensitive=OFFENCE),
    Kind("police", "violence", "violent offence", roles=("victim", "suspect"), sensitive=OFFENCE),
    Kind("police", "acquisitive_crime", "theft or burglary", plural="thefts or burglaries", roles=("victim", "suspect"), sensitive=OFFENCE),
    Kind("police", "anti_social_behaviour", "anti-social behaviour report", roles=("victim", "suspect"), sensitive=OFFENCE),
    Kind("police", "arrest", "arrest", roles=("suspect",), sensitive=OFFENCE),
    Kind("police", "missing", "missing-person report", roles=("subject",)),
    # Adult social care
    Kind("adult_social_care", "contact", "adult social care contact", ladder="adults", tiers=ADULT_TIERS),
    Kind("adult_social_care", "safeguarding", "adult safeguarding concern"),
    Kind("adult_social_care", "short_term", "spell of short-term support (reablement)", plural="spells of short-term support (reablement)",
         ladder="adults", tiers=ADULT_TIERS, spell=True, sensitive=HEALTH),
    Kind("adult_social_care", "long_term", "spell of long-term community care", plural="spells of long-term community care",
         ladder="adults", tiers=ADULT_TIERS, spell=True, sensitive=HEALTH),
    Kind("adult_social_care", "residential", "spell of residential care", plural="spells of residential care",
         ladder="adults", tiers=ADULT_TIERS, spell=True, sensitive=HEALTH),
    # Children's services
    Kind("children_services", "contact", "children's services contact", ladder="children", tiers=CHILD_TIERS, sensitive=CHILDREN),
    Kind("children_services", "early_help", "spell of targeted early help", plural="spells of targeted early help",
         ladder="children", tiers=CHILD_TIERS, spell=True, sensitive=CHILDREN),
    Kind("children_services", "child_in_need", "spell as a child in need", plural="spells as a child in need",
         ladder="children", tiers=CHILD_TIERS, spell=True, sensitive=CHILDREN),
    Kind("children_services", "protection_plan", "child protection plan", ladder="children", tiers=CHILD_TIERS, spell=True, sensitive=CHILDREN),
    Kind("children_services", "looked_after", "spell of being looked after", plural="spells of being looked after",
         ladder="children", tiers=CHILD_TIERS, spell=True, sensitive=CHILDREN),
    Kind("children_services", "care_leaver", "spell as a care leaver", plural="spells as a care leaver", spell=True, sensitive=CHILDREN),
    # Education
    Kind("education", "persistent_absence", "term of persistent absence", plural="terms of persistent absence", amount="days", sensitive=CHILDREN),
    Kind("education", "exclusion", "school exclusion", amount="days", sensitive=CHILDREN),
    Kind("education", "not_in_education", "spell not in education or training", plural="spells not in education or training", spell=True, sensitive=CHILDREN),
    Kind("education", "send_plan", "education, health and care plan", spell=True, sensitive=CHILDREN + HEALTH),
    # Housing and homelessness: duties are owed to the household
    Kind("housing", "prevention_duty", "homelessness prevention duty", plural="homelessness prevention duties", unit="household",
         ladder="housing", tiers=HOUSING_TIERS, spell=True),
    Kind("housing", "relief_duty", "homelessness relief duty", plural="homelessness relief duties", unit="household",
         ladder="housing", tiers=HOUSING_TIERS, spell=True),
    Kind("housing", "main_duty", "main homelessness duty", plural="main homelessness duties", unit="household",
         ladder="housing", tiers=HOUSING_TIERS, spell=True),
    Kind("housing", "temporary_accommodation", "stay in temporary accommodation", plural="stays in temporary accommodation",
         unit="household", ladder="housing", tiers=HOUSING_TIERS, spell=True),
    Kind("housing", "rent_arrears", "rent arrears notice", unit="household", amount="pence"),
    # Council tax and benefits
    Kind("revenues", "council_tax_arrears", "council tax arrears notice", unit="household", amount="pence"),
    Kind("revenues", "council_tax_support", "spell of council tax support", plural="spells of council tax support", unit="household", spell=True),
    Kind("revenues", "hardship_payment", "discretionary hardship payment", unit="household", amount="pence"),
    # Acute hospital
    Kind("hospital", "emergency_admission", "emergency hospital stay", spell=True, sensitive=HEALTH),
    Kind("hospital", "planned_admission", "planned hospital stay", spell=True, sensitive=HEALTH),
    Kind("hospital", "discharge_referral", "referral for discharge", plural="referrals for discharge", spell=True, sensitive=HEALTH),
    # A&E and ambulance
    Kind("urgent_care", "ae_attendance", "A&E attendance", sensitive=HEALTH),
    Kind("urgent_care", "ambulance_callout", "ambulance call-out", sensitive=HEALTH),
    # Fire and rescue
    Kind("fire", "dwelling_fire", "accidental dwelling fire", unit="property"),
    Kind("fire", "false_alarm", "false fire alarm", unit="property"),
    Kind("fire", "home_safety_visit", "home fire safety visit", unit="property"),
    # Substance misuse and mental health
    Kind("behavioural_health", "substance_treatment", "spell of drug or alcohol treatment", plural="spells of drug or alcohol treatment",
         spell=True, sensitive=HEALTH),
    Kind("behavioural_health", "mental_health_referral", "mental health referral", ladder="mental_health", tiers=MENTAL_TIERS, sensitive=HEALTH),
    Kind("behavioural_health", "mental_health_care", "spell of community mental health care", plural="spells of community mental health care",
         ladder="mental_health", tiers=MENTAL_TIERS, spell=True, sensitive=HEALTH),
    Kind("behavioural_health", "mental_health_crisis", "mental health crisis contact", ladder="mental_health", tiers=MENTAL_TIERS, sensitive=HEALTH),
    Kind("behavioural_health", "detention", "detention under the Mental Health Act", plural="detentions under the Mental Health Act",
         ladder="mental_health", tiers=MENTAL_TIERS, spell=True, sensitive=HEALTH),
)
