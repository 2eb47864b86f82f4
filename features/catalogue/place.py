"""What is recorded about the property and its neighbourhood (LSOA)."""

from features.specs import Feature, attribute, count, days_since_last, events

DWELLINGS = ("detached house", "semi-detached house", "terraced house", "flat", "bungalow")
HOME, FIRE, AREA = "home and household", "fire", "neighbourhood"
WHOLE_AREA = "need that is common in a neighbourhood but not yet recorded for this resident"

PROPERTY_FEATURES = (
    Feature("dwelling", attribute("dwelling_type", categories=DWELLINGS), grain="property", none=None, theme=HOME, static="a dwelling seldom changes its type",
            why="flats and small terraces house more people who live on little"),
    Feature("imd_decile", attribute("imd_decile"), grain="property", none=None, direction=-1, theme=AREA,
            static="the index of 2019 serves for every date",
            why="contact with almost every service falls steadily from the most to the least deprived areas"),
    Feature("fire_dwelling", count(events("fire", "dwelling_fire")), days=(1095,), grain="property", none=0,
            theme=FIRE,
            why="an accidental fire goes with smoking, alcohol, frailty and hoarding"),
    Feature("fire_false_alarms", count(events("fire", "false_alarm")), days=(1095,), grain="property", none=0,
            theme=FIRE,
            why="repeated false alarms can be a sign of confusion or of cooking that is left"),
    Feature("fire_safety_visits", count(events("fire", "home_safety_visit")), days=(1095,), grain="property", none=0,
            theme=FIRE,
            why="visits go to those whom partners think vulnerable, and lower the risk of fire"),
    Feature("fire_safety_visit_since", days_since_last(events("fire", "home_safety_visit")), grain="property",
            none=None, theme=FIRE,
            why="smoke alarms and advice from a visit wear out with time"),
)

AREA_FEATURES = (
    Feature("area_domestic_abuse", count(events("police", "domestic_abuse", role="victim")), days=(365,),
            grain="area", none=None, theme=AREA,
            why="most domestic abuse is never reported: " + WHOLE_AREA),
    Feature("area_violence", count(events("police", "violence", role="victim")), days=(365,), grain="area", none=None,
            theme=AREA,
            why="violence on the street shapes health and safety of all who live there"),
    Feature("area_asb", count(events("police", "anti_social_behaviour", role="suspect")), days=(365,), grain="area",
            none=None, theme=AREA,
            why="anti-social behaviour gathers in places and draws young people in"),
    Feature("area_children_contacts", count(events("children_services", "contact")), days=(365,), grain="area",
            none=None, theme=AREA,
            why="thresholds and reporting differ between places: " + WHOLE_AREA),
    Feature("area_ae_attendances", count(events("urgent_care", "ae_attendance")), days=(365,), grain="area",
            none=None, theme=AREA,
            why="attendance is twice as high in the most deprived areas as in the least"),
    Feature("area_mind_crises", count(events("behavioural_health", "mental_health_crisis")), days=(365,),
            grain="area", none=None, theme=AREA,
            why="mental ill-health follows poor housing and isolation: " + WHOLE_AREA),
    Feature("area_homelessness", count(events("housing", "prevention_duty", "relief_duty", "main_duty")), days=(365,),
            grain="area", none=None, theme=AREA,
            why="shows where rents and evictions press hardest"),
    Feature("area_council_tax_arrears", count(events("revenues", "council_tax_arrears")), days=(365,), grain="area",
            none=None, theme=AREA,
            why="shows where money is short before it shows in crisis services"),
)

PLACE = PROPERTY_FEATURES + AREA_FEATURES
