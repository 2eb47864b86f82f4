"""The data dictionary, written from the contract and the catalogue that params.yaml names."""

from features.agreements import load_agreements
from features.dictionary import dictionary
from features.load import load_catalogue
from pipelines import paths
from pipelines.files import write_text
from pipelines.params import load


def write_dictionary() -> None:
    params = load()
    write_text(paths.DICTIONARY, dictionary(load_catalogue(params.catalogue), load_agreements(params.agreements)))
    print(f"wrote {paths.DICTIONARY}")
