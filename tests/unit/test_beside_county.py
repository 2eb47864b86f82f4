"""Groups beside the county: the same are named everywhere, and nothing tells of a count that is hidden."""

import pandas as pd

from models import site_doubts
from models.beside_county import by_chance
from models.site_doubts import told
from tests.evidence import evidence
from tests.governance import NOTHING
from tests.written import group, rows_of, section, text_of, with_groups


def test_small_numbers_never_show_in_a_comparison_of_groups():
    given = with_groups(
        group("plenty"), group("others", found=100.0), group("rare", n=41, events=20, flagged=15.0, found=3.0)
    )
    rows = rows_of(text_of("equality", given), "By sex, beside the whole county (95% interval)")
    assert rows["rare"][:2] == ["*", "*"]
    assert rows["others"][:2] == ["*", "*"]  # covers the one that is hidden
    assert "*" not in "".join(rows["plenty"])


SETTLES = (
    "What would settle what cannot be judged by sex: how many with the outcome, and how many years of records as they "
    "come now"
)


def test_what_the_card_hides_of_a_group_is_not_told_beside_the_county():
    # 35 of 50 found by 40 flags: 5 wrong ones, which the missed alone would give away
    names = ("one", "another")
    few = [group(name, n=900, events=50, flagged=40.0, found=35.0) for name in names]
    given = with_groups(group("plenty"), *few)
    rows = rows_of(text_of("equality", given), "By sex, beside the whole county (95% interval)")
    for name in names:
        assert rows[name][:2] == ["*", "*"]
        assert "*" not in rows[name][2]
    assert "*" not in "".join(rows["plenty"])
    orders = rows_of(text_of("audit", given), "The order of groups, by sex")
    assert all(row[:2] == ["*", "*"] for row in orders.values())


def test_years_that_would_settle_a_group_do_not_give_its_count_away():
    told = (("few", 3), ("fewer", 2), ("fewest", 3), ("some", 13))
    few = [group(name, n=900, events=events, unevaluable=["fnr"]) for name, events in told]
    given = with_groups(group("plenty"), *few)
    rows = rows_of(text_of("equality", given), SETTLES)
    assert rows["few"] == rows["fewer"] == ["about 97; years cannot be said", "can be judged", "can be judged"]
    # 97 events at 13 in the test's time would be 7.5 times that; reckoned from 15, as the count is shown, 6.5
    assert rows["some"] == ["about 97; 6 years", "can be judged", "can be judged"]
    site = section(given, "unknown")
    assert "few; fewer; fewest cannot be said: so few are on record" in site
    assert "some 5 to 10 years" in site


def test_a_count_that_is_hidden_to_cover_another_cannot_be_reckoned_from_years():
    few, cover = (
        group(name, n=900, events=events, unevaluable=["fnr"]) for name, events in (("few", 3), ("cover", 30))
    )
    given = with_groups(group("plenty"), few, cover)
    assert rows_of(text_of("equality", given), "Results by sex")["cover"][1] == "*"
    assert rows_of(text_of("equality", given), SETTLES)["cover"][0] == "about 97; years cannot be said"
    assert "few; cover cannot be said: so few are on record" in section(given, "unknown")


def test_each_figure_that_would_need_settling_has_its_own_years():
    given = with_groups(group("plenty"), group("b"), group("c"))
    needs = {"fnr_gap": 12.0, "ppv_ratio": 79.2}
    given["audit"]["gaps"]["sex"][1]["unevaluable"] = {
        name: {"events_needed": round(years), "years_needed": years} for name, years in needs.items()
    }
    rows = rows_of(text_of("equality", given), SETTLES)
    assert rows["b"] == ["about 12; 12 years", "about 79; 79 years", "can be judged"]
    assert "b 10 to 20 years" in section(given, "unknown")


def test_a_broad_group_is_hidden_with_the_sum_of_what_its_parts_found():
    boxes = [group(f"Asian: {name}", flagged=30.0, found=3.0) for name in ("Indian", "Chinese", "Pakistani")]
    for found, shown in ((3.0, True), (1.0, False)):
        rows = text_of("equality", with_groups(*(box | {"found": found} for box in boxes)))
        rows = rows_of(rows, "By ethnicity, in broad groups, beside the whole county (95% interval)")
        assert (rows["Asian"][0] != "*") is shown  # three parts that found 3 each found 9 together


def test_a_group_is_called_worse_off_only_where_the_whole_interval_says_so():
    clearly, unsure = {"value": 0.2, "low": 0.05, "high": 0.3}, {"value": 0.2, "low": -0.05, "high": 0.3}
    given = with_groups(group("a"), group("b"), group("c"))
    for record, gap in zip(given["audit"]["gaps"]["sex"], (clearly, unsure, NOTHING), strict=True):
        record["county"] = {"fnr_gap": gap, "ppv_ratio": NOTHING, "o_e": NOTHING}
    for name in ("summary", "equality", "atrs", "card"):
        assert "Missed more often than the county as a whole: by sex, a" in text_of(name, given)
    assert "beyond chance: by sex, a." in section(given, "fails")
    given["audit"]["gaps"]["sex"][0]["unevaluable"] = {"fnr_gap": {"events_needed": 97, "years_needed": 2.0}}
    for name in ("summary", "equality", "atrs", "card"):
        assert "Missed more often than the county as a whole: by sex" not in text_of(name, given)
    assert "by sex, a" not in section(given, "fails")


def test_a_group_that_is_missed_most_is_named_everywhere_though_its_figure_is_hidden():
    given = with_groups(group("a", found=5.0, flagged=40.0, events=30), group("b"), group("c"))
    for attribute in ("sex", "ethnicity"):
        for record, value in zip(given["audit"]["gaps"][attribute], (0.41, 0.0, 0.0), strict=True):
            gap = {"value": value, "low": value - 0.1, "high": value + 0.1}
            record["county"] = {"fnr_gap": gap, "ppv_ratio": NOTHING, "o_e": NOTHING}
    for name in ("summary", "equality", "atrs", "card"):
        assert "Missed more often than the county as a whole: by sex, a" in text_of(name, given)
    assert rows_of(text_of("equality", given), "By sex, beside the whole county (95% interval)")["a"][0] == "*"
    fails = section(given, "fails")
    assert "beyond chance: by sex, a *;" in fails
    assert "rest on enough to be shown; * stands for one that does not." in fails
    assert "41" not in fails


def test_the_site_hides_a_figure_that_covers_another_as_the_tables_do():
    given = with_groups(group("plenty"), group("cover", found=100.0), group("few", found=3.0))
    rows = rows_of(text_of("equality", given), "By sex, beside the whole county (95% interval)")
    assert rows["cover"][0] == "*"
    assert {of["group"] for of in told(given, "fnr_gap")} == {"plenty"}


def test_the_summary_tells_apart_what_is_known_of_a_group_and_what_is_not():
    given = with_groups(group("a", unevaluable=["ppv"], ppv=NOTHING), group("b"), group("c"))
    clearly = {"value": 0.2, "low": 0.05, "high": 0.3}
    given["audit"]["gaps"]["sex"][0]["county"]["fnr_gap"] = clearly
    text = text_of("summary", given)
    assert "Missed more often than the county as a whole: by sex, a" in text
    assert "Whether some groups are missed" not in text
    assert "Whether some groups are wrongly listed more often: too few to tell by sex, “a”; by race, “a”." in text
    assert "By sex, too few to tell whether they are listed wrongly more often: a." in text_of("equality", given)


def beside(given: dict, place: int, **figures) -> None:
    """The group at that place stands so beside the county, by sex; nothing else can be told."""
    for attribute, records in given["audit"]["gaps"].items():
        for number, record in enumerate(records):
            told = figures if (attribute, number) == ("sex", place) else {}
            record["county"] = dict.fromkeys(("fnr_gap", "ppv_ratio", "o_e", "selection_rate_ratio"), NOTHING)
            record["county"] |= {name: {"value": sum(of) / 2, "low": of[0], "high": of[1]} for name, of in told.items()}


def test_a_group_whose_scores_are_too_high_or_too_low_is_named_everywhere():
    for ends, said in (((0.2, 0.7), "Scored too high"), ((1.1, 1.6), "Scored too low")):
        given = with_groups(group("a", found=5.0, flagged=40.0, events=30), group("b"), group("c"))
        beside(given, 0, o_e=ends)
        for name in ("summary", "equality", "atrs", "card"):
            assert f"{said} (" in text_of(name, given)
            assert "scores said): by sex, a." in text_of(name, given)
        assert f"{said} (" in section(given, "fails")
        beside(given, 0, o_e=(0.9, 1.1))
        for name in ("summary", "equality", "atrs", "card"):
            assert f"{said} (" not in text_of(name, given)
        assert f"{said} (" not in section(given, "fails")


def test_a_group_that_is_hardly_ever_listed_is_named_everywhere():
    given = with_groups(group("a", flagged=0.0, found=0.0), group("b"), group("c"))
    for high, named in ((0.09, True), (0.11, False)):
        beside(given, 0, selection_rate_ratio=(0.0, high))
        for name in ("summary", "equality", "atrs", "card"):
            assert ("Hardly ever listed (less than a tenth as often" in text_of(name, given)) is named
        assert ("as often as the county as a whole): by sex, a." in section(given, "fails")) is named
        # what can be told of a list is not who is missed
        assert "Nobody can tell: too few" in text_of("summary", given)


def test_that_a_group_is_hardly_ever_listed_does_not_tell_which_small_number_is():
    for n, named in ((1000, False), (4000, True)):  # as often as all, 35 or 150 would be listed: a tenth is 3 or 15
        given = with_groups(group("a", n=n, flagged=1.0, found=0.0), group("b"), group("c"))
        beside(given, 0, selection_rate_ratio=(0.0, 0.09))
        assert ("Hardly ever listed" in text_of("equality", given)) is named


def test_a_group_that_is_nearly_the_whole_county_is_not_called_worse_than_it():
    for times, named in ((1, True), (10, False)):
        given = with_groups(
            group("a", n=4000 * times, events=400 * times), group("b", events=100), group("c", events=100)
        )
        beside(given, 0, fnr_gap=(0.01, 0.02), o_e=(0.5, 0.7))
        text = text_of("equality", given)
        assert ("Missed more often than the county as a whole: by sex, a." in text) is named
        assert ("scores said): by sex, a." in text) is named


def test_how_many_would_be_named_by_chance_is_told_beside_the_names():
    given = with_groups(group("a"), group("b"), group("c"))
    told_of = by_chance(given)
    made = sum(2 if figure == "o_e" else 1 for _ in range(6) for figure in ("fnr_gap", "ppv_ratio", "o_e"))
    assert told_of.startswith(f"{made} comparisons of a group could be made.")
    assert "one in 40 of them: fewer than one." in told_of
    assert told_of in text_of("equality", given).replace("\n", " ")
    assert told_of in section(given, "fails")


def test_where_no_groups_are_clearly_apart_another_way_of_counting_is_said_to_show_nothing():
    given = with_groups(group("a"), group("b"), group("c"))
    nothing = "That says nothing yet: as recorded no two groups are clearly apart."
    assert nothing in text_of("equality", given)
    given["audit"]["labels"]["as recorded"]["sex"]["clear"] = [["a", "b"]]
    assert nothing not in text_of("equality", given)
    assert "In none of them do groups that are clearly apart change places." in text_of("equality", given)


def test_the_group_that_is_guessed_best_is_told_beside_the_mean_that_hides_it():
    given = evidence()
    best = {"group": "Asian", "auc": {"value": 0.91, "low": 0.85, "high": 0.95}}
    given["audit"]["proxies"]["ethnicity"]["highest"] = best
    rows = rows_of(text_of("equality", given), "Could the model be reading it?")
    assert rows["Ethnicity"][:2] == ["0.58 (0.55–0.62)", "Asian: 0.91 (0.85–0.95)"]
    assert rows["Sex"][1] == "cannot be judged"


def test_the_picture_marks_the_groups_that_are_named_and_no_other(monkeypatch):
    drawn = []
    monkeypatch.setattr(site_doubts, "draw_gaps", lambda rows, names: drawn.extend(rows) or ("<svg/>", pd.DataFrame()))
    for times, worse in ((1, {"a"}), (10, set())):
        given = with_groups(group("a", n=4000 * times, events=400 * times), group("b"), group("c", events=100))
        beside(given, 0, fnr_gap=(0.01, 0.02))
        given["audit"]["gaps"]["sex"][1]["county"]["fnr_gap"] = {"value": 0.0, "low": -0.1, "high": 0.1}
        drawn.clear()
        site_doubts.fails_for(given)
        assert {row["group"] for row in drawn if row["worse"]} == worse
        assert {"a", "b"} == {row["group"] for row in drawn}


def test_two_characteristics_together_are_told_most_missed_first_without_those_that_are_hidden():
    given, caption = evidence(), "Groups made of two characteristics, those missed most often"
    crossed = {"some": 0.612, "most": 0.704, "none": 0.97}
    given["audit"]["pairwise"] = {
        "sex x disability": [
            group(
                f"female, {name}", events=100, found=100 * (1 - missed), fnr={"value": missed, "low": 0.5, "high": 1.0}
            )
            for name, missed in crossed.items()
        ]
    }
    rows = rows_of(text_of("equality", given), caption)
    assert [(name.rpartition(": ")[2], row[1]) for name, row in rows.items()] == [
        ("female, most", "70% (50–100)"),
        ("female, some", "60% (50–100)"),
    ]
