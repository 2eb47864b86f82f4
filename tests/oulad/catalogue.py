"""The catalogue of the Open University Learning Analytics single view: one resident is one enrolment on a course.

Source: Kuzilek, Hlosta and Zdrahal 2017, CC BY 4.0. The as-of date is 60 days after a course starts, so windows are a
fortnight, a month and the course so far; marks are from 0 to 100. Results come out long after that date.
"""

from features.outcomes import Occurs, Outcome
from features.specs import (
    Feature,
    Kind,
    attribute,
    count,
    days_since_last,
    distinct_days,
    events,
    largest,
    recent_to_long,
    total,
)

KINDS = (
    Kind("registry", "registration", "registration for the course"),
    Kind("registry", "presentation_start", "start of the course", plural="starts of the course"),
    Kind("registry", "unregistration", "withdrawal from the course", plural="withdrawals from the course"),
    Kind("registry", "result_withdrawn", "result of withdrawn", plural="results of withdrawn"),
    Kind("registry", "result_fail", "result of fail", plural="results of fail"),
    Kind("registry", "result_pass", "result of pass", plural="results of pass"),
    Kind("registry", "result_distinction", "result of distinction", plural="results of distinction"),
    Kind("assessment", "submission_tma", "tutor-marked assignment", amount="marks"),
    Kind("assessment", "submission_cma", "computer-marked assignment", amount="marks"),
    Kind("assessment", "submission_exam", "exam", amount="marks"),
    Kind("assessment", "banked_transfer", "result carried over from an earlier attempt",
         plural="results carried over from an earlier attempt", amount="marks"),
)

NAMES = {
    "registry": "the registry",
    "assessment": "the assessment office",
    "imd_band": "deprivation of the home area (IMD)",
    "age_band": "age band",
    "disability": "declared disability",
    "highest_education": "highest education on entry",
    "previous_attempts": "earlier attempts at the course",
    "studied_credits": "credits studied at the same time",
    "module": "course",
}

ENTRY = "recorded at registration, before the course starts"
MODULES = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG")
REGIONS = ("East Anglian Region", "East Midlands Region", "Ireland", "London Region", "North Region",
           "North Western Region", "Scotland", "South East Region", "South Region", "South West Region", "Wales",
           "West Midlands Region", "Yorkshire Region")
EDUCATION = ("No Formal quals", "Lower Than A Level", "A Level or Equivalent", "HE Qualification",
             "Post Graduate Qualification")
IMD_BANDS = ("0-10%", "10-20", "20-30%", "30-40%", "40-50%", "50-60%", "60-70%", "70-80%", "80-90%", "90-100%")
TUTOR, COMPUTER = events("assessment", "submission_tma"), events("assessment", "submission_cma")
WORK = events("assessment", "submission_tma", "submission_cma")
WORK_THEME, ENTRY_THEME = "coursework", "on entry"

FEATURES = (
    Feature("tutor_marked", count(TUTOR), days=(30, 60), none=0, theme=WORK_THEME,
            why="whether the first assignments were handed in is the plainest sign of staying"),
    Feature("tutor_marked_total", total(TUTOR), days=(30, 60), none=0, theme=WORK_THEME,
            why="marks on the first assignments say how a student copes"),
    Feature("tutor_marked_best", largest(TUTOR), days=(60,), none=None, theme=WORK_THEME,
            why="the best mark so far shows what a student can do"),
    Feature("tutor_marked_since", days_since_last(TUTOR), none=None, theme=WORK_THEME,
            why="a long silence comes before leaving"),
    Feature("computer_marked", count(COMPUTER), days=(30, 60), none=0, theme=WORK_THEME,
            why="small tests show week by week whether a student keeps up"),
    Feature("computer_marked_total", total(COMPUTER), days=(60,), none=0, theme=WORK_THEME,
            why="marks on small tests say how a student copes"),
    Feature("computer_marked_best", largest(COMPUTER), days=(60,), none=None, theme=WORK_THEME,
            why="the best mark so far shows what a student can do"),
    Feature("work", count(WORK), days=(14, 30, 60), none=0, theme=WORK_THEME,
            why="handing work in at all, and lately, is what tutors look at first"),
    Feature("work_total", total(WORK), days=(30, 60), none=0, theme=WORK_THEME,
            why="marks lately against marks so far"),
    Feature("work_good", count(events("assessment", "submission_tma", "submission_cma", min_amount=70)), days=(60,),
            none=0, theme=WORK_THEME,
            why="work of 70 marks or more is comfortably above the pass mark of 40"),
    Feature("work_days", distinct_days(WORK), days=(60,), none=0, theme=WORK_THEME,
            why="steady work is spread over days; work in a rush is not"),
    Feature("work_speed", recent_to_long(WORK), days=(14, 60), none=None, theme=WORK_THEME,
            why="slowing down is an early sign of giving up"),
    Feature("carried_over", count(events("assessment", "banked_transfer")), days=(365,), none=0, theme=WORK_THEME,
            why="who carries results over has been here before"),
    Feature("registered_since", days_since_last(events("registry", "registration")), none=None, theme=ENTRY_THEME,
            why="late registration leaves less time to prepare"),
    Feature("module", attribute("module", categories=MODULES), none=None, theme=ENTRY_THEME, static=ENTRY,
            why="courses differ in how many finish them, and in when work is due"),
    Feature("highest_education", attribute("highest_education", order=EDUCATION), none=None, theme=ENTRY_THEME,
            static=ENTRY,
            why="earlier study is the strongest known predictor on entry"),
    Feature("previous_attempts", attribute("previous_attempts"), none=None, theme=ENTRY_THEME, static=ENTRY,
            why="who has failed or left before does so again more often"),
    Feature("studied_credits", attribute("studied_credits"), none=None, theme=ENTRY_THEME, static=ENTRY,
            why="a heavy load of other courses leaves less time for this one"),
    Feature("region", attribute("region", categories=REGIONS), none=None, theme=ENTRY_THEME, static=ENTRY,
            why="entry requirements and school systems differ between nations and regions"),
    Feature("imd_band", attribute("imd_band", order=IMD_BANDS), none=None, protected="imd_band", theme=ENTRY_THEME,
            static=ENTRY,
            why="deprivation stands for means and time to study; not an input by default"),
    Feature("age_band", attribute("age_band", order=("0-35", "35-55", "55<=")), none=None, protected="age_band",
            theme=ENTRY_THEME, static=ENTRY,
            why="older students finish more often; not an input by default"),
    Feature("disability", attribute("disability"), none=None, protected="disability", theme=ENTRY_THEME, static=ENTRY,
            why="a declared disability may call for adjustments; not an input by default"),
    Feature("sex", attribute("sex", categories=("female", "male")), none=None, protected="sex", theme=ENTRY_THEME,
            static=ENTRY,
            why="kept so that its use can be tested; not an input by default"),
)

LEFT = events("registry", "unregistration", "result_withdrawn")
FAILED = events("registry", "result_fail")
CORRECT = "A tutor gets in touch in the third month of the course, while there is still time to catch up or to defer."
WRONG = ("A student who would have finished gets a call that they did not need, and may read it as a lack of faith in "
         "them. A student who was missed hears from nobody until they have left. No flag may limit what they study.")
STORY = ("The label is what the registry recorded. Leaving is recorded when the student says so or is taken off, "
         "sometimes weeks after they stopped; some leave for good reasons, such as a better course. Failing depends on "
         "assessments that suit some students better than others.")

OUTCOMES = (
    Outcome(name="fail_or_withdraw", title="Failing or leaving the course", rule=Occurs((LEFT, FAILED)),
            horizon_days=240, gap_days=0, use_level="prioritisation",
            purpose="To help tutors decide whom to call first in the third month of a course.",
            correct_flag=CORRECT, wrong_flag=WRONG, label_story=STORY),
    Outcome(name="withdraw", title="Leaving the course", rule=Occurs((LEFT,)), horizon_days=240, gap_days=0,
            use_level="prioritisation", purpose="To help tutors decide whom to call first so that they stay.",
            correct_flag=CORRECT, wrong_flag=WRONG, label_story=STORY),
)
