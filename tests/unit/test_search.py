"""Search: goes on where it stopped, gives the same each time, and says what the best options gain."""

import re
import shutil
from datetime import date

import optuna
import pytest
from dvc.utils.hydra import apply_overrides

from models.candidates import candidates
from models.choice import draw
from models.search import SPACES, Found, search
from models.splits import folds
from pipelines.code import ROOT
from pipelines.params import load
from pipelines.search import told
from tests.risks import COLUMNS, county

TIME = {"cut": date(2020, 1, 1), "number": 2, "gap_days": 0, "horizon_days": 365, "allowance_days": 0}
POOR = {"n_estimators": 50, "learning_rate": 0.01, "min_child_samples": 400, "reg_lambda": 90.0}


@pytest.fixture(scope="module")
def drawn():
    X, label, pairs = county(lambda X: 4 * (abs(X.age - 50) < 12) - 2.5)
    return [draw(X, label, pairs.group_id, fold, 1) for fold in folds(pairs, label, **TIME).used]


def make(options):
    return candidates(COLUMNS, {"additive": options | {"n_jobs": 1}}, seed=1)["additive"]


def searched(drawn, storage, trials, present=POOR, study="additive"):
    """One search for each trial, as if it had been stopped after every one."""
    for _ in range(trials):
        found = search(
            drawn, SPACES["additive"], make, present, study=study, storage=storage, seconds=0, seed=3, resamples=20
        )
    return found


def test_present_options_come_first_and_better_ones_are_found(drawn, tmp_path):
    first = searched(drawn, tmp_path / "s" / "search.db", 1)
    assert first.options == POOR
    assert first.auc == first.present_auc
    found = searched(drawn, tmp_path / "s" / "search.db", 5)
    assert found.trials == 6
    assert found.auc > found.present_auc + 2 * found.se
    assert set(found.options) == set(POOR)


def test_however_often_it_stops_the_trials_are_the_same(drawn, tmp_path):
    said = []
    once = tmp_path / "once.db"
    while len(said) < 3:
        search(drawn, SPACES["additive"], make, POOR, study="a", storage=once, seconds=0.5, seed=3, say=said.append)
    searched(drawn, tmp_path / "often.db", len(said), study="a")
    tried = [
        [trial.params for trial in optuna.load_study(study_name="a", storage=f"sqlite:///{path}").trials]
        for path in (once, tmp_path / "often.db")
    ]
    assert len({str(options) for options in tried[0]}) == len(said)
    assert tried[0] == tried[1]


def test_a_trial_that_was_cut_short_is_tried_again(drawn, tmp_path):
    class Killed(Exception):
        pass

    def killed(options):
        raise Killed

    with pytest.raises(Killed):
        search(drawn, SPACES["additive"], killed, POOR, study="a", storage=tmp_path / "a.db", seconds=0, seed=3)
    assert searched(drawn, tmp_path / "a.db", 1, study="a").trials == 1
    study = optuna.load_study(study_name="a", storage=f"sqlite:///{tmp_path / 'a.db'}")
    assert study.best_params == POOR


def test_another_study_starts_anew(drawn, tmp_path):
    searched(drawn, tmp_path / "a.db", 2)
    assert searched(drawn, tmp_path / "a.db", 1, study="other data").trials == 1


def test_the_command_it_prints_uses_the_best_options(tmp_path):
    params = tmp_path / "params.yaml"
    shutil.copy(ROOT / "params.yaml", params)
    present = load(params).options("escalation")["lightgbm"]
    best = present | {"num_leaves": 5, "learning_rate": 0.0123}
    printed = "\n".join(told("escalation", "lightgbm", present, Found(best, 9, 0.81, 0.80, 0.004)))
    assert "The difference is 0.0100, with a standard error of 0.0040" in printed
    apply_overrides(params, re.findall(r"dvc exp run -S '(.+)'", printed))
    assert load(params).options("escalation")["lightgbm"] == best
    assert load(params).options("complex_dependency")["lightgbm"] == present


def test_there_is_a_space_for_every_candidate_with_options():
    options = load(ROOT / "params.yaml").options("escalation")
    assert list(SPACES) == [name for name in options if name != "rule"]
    for name, space in SPACES.items():
        assert set(space) == set(options[name])
        assert all(space[key].low <= value <= space[key].high for key, value in options[name].items())
