"""`foresight search`: prints what it found, goes on from its trials, and changes nothing."""


def test_a_search_goes_on_where_it_stopped_and_changes_nothing(small_run):
    before = small_run.run("git", "status", "--porcelain").stdout
    command = ("foresight", "search", "escalation", "--candidate", "logistic", "--minutes", "0")
    assert "Trials so far: 1. None is better than the present options" in small_run.run(*command).stdout
    again = small_run.run(*command)
    assert again.stdout.startswith("Trials so far: 2. ")
    assert "trial 2: best mean AUC" in again.stderr
    assert small_run.run("git", "status", "--porcelain").stdout == before


def test_what_cannot_be_searched_is_one_clear_error(small_run):
    for words, message in (
        (("nothing",), "give one outcome of params.yaml"),
        (("escalation", "--candidate", "rule"), "--candidate rule: no options to search; name one of scorecard, log"),
    ):
        refused = small_run.run("foresight", "search", *words, check=False)
        assert refused.returncode == 2
        assert message in refused.stderr
        assert "Traceback" not in refused.stderr
