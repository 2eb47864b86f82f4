"""Stage `matrix`: what was known about each pair at its date, and what every column means."""

from features import engine
from features.meaning import meanings
from pipelines import paths
from pipelines.files import read_table, write_json
from pipelines.inputs import allowed
from pipelines.setting import setting
from pipelines.stage import main, say


def build_matrix(name: str) -> None:
    at = setting(name)
    pairs = read_table(paths.cohort(name), ["unit_id", "as_of"])
    with at.open_view("train") as view:
        inputs = allowed(at, view.about.extract_on, "train")
        for feature, reason in inputs.dropped:
            say(f"{name}: {feature} is not built: {reason}")
        engine.build(view, pairs, inputs.features, at.catalogue.kinds, to=paths.matrix(name), progress=say)
    write_json(paths.columns(name), meanings(inputs.features, at.catalogue, inputs.agreements))


if __name__ == "__main__":
    main(build_matrix)
