"""The protected characteristics, and what the audit may hold of each."""

# The nine of the Equality Act 2010, in the order of its section 4, with the audit's names for what is held of them.
CHARACTERISTICS = {
    "age": ("age_band", "age", "oldest_age_band"),
    "disability": ("disability",),
    "gender reassignment": ("gender_identity",),
    "marriage and civil partnership": ("marital_status",),
    "pregnancy and maternity": ("pregnancy",),
    "race": ("ethnicity", "ethnicity_broad"),
    "religion or belief": ("religion",),
    "sex": ("sex",),
    "sexual orientation": ("sexual_orientation",),
}
