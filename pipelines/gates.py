"""Stage `gates`: the fifteen gates between a model and a service, judged on what the other stages measured and on what
is looked at again here."""

from models import disclosed, gates
from models.approvals import load_approvals
from models.waivers import load_waivers
from pipelines import paths
from pipelines.files import read_json, write_json
from pipelines.recheck import recheck
from pipelines.setting import setting
from pipelines.stage import main, say

# What other stages write by the name under which a gate asks for it.
EVIDENCE = {
    "test": paths.metrics,
    "folds": paths.folds,
    "stability": paths.stability,
    "groups": paths.audit,
    "audit": paths.fairness,
    "calibration": paths.calibration,
    "explanation": paths.explanation,
    "recheck": paths.recheck,
}


def judge(name: str) -> None:
    at = setting(name)
    params = at.params
    write_json(paths.recheck(name), recheck(name, at))
    found = {about: read_json(path(name)) for about, path in EVIDENCE.items()}
    identity = found["folds"]["identity"]
    evidence = found | {
        "outcome": name,
        "identity": identity,
        "columns": read_json(paths.columns(name)),
        "inputs": params.knobs[name].inputs,
        "names": at.catalogue.names,
        "identities": {EVIDENCE[about](name).name: told.get("identity") for about, told in found.items()},
        "disclosed": disclosed.scan(paths.summary(name).parent),
    }
    waived, signed = load_waivers(params.waivers), load_approvals(params.approvals)
    judged = gates.judge(evidence, params.gates.model_dump(), waived, signed)
    write_json(paths.gates(name), {"identity": identity, **judged})
    counted = ", ".join(f"{len(judged[state])} {state}" for state in ("failed", "unevaluable", "waived"))
    say(f"{name}: {judged['verdict']}; of {len(judged['gates'])} gates {counted}")


if __name__ == "__main__":
    main(judge)
