"""The documents of a model, in the order in which somebody new to it would read them."""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of document: the name of its files, its title, and what it answers."""

    name: str
    title: str
    answers: str


DOCUMENTS = (
    Kind("summary", "Plain-English summary", "What it is, how often it is wrong, how to object: two sides of paper"),
    Kind("card", "Model card", "What the model is for, how good it is and for whom, and what is not known"),
    Kind("gates", "Gate record", "What the fifteen gates said, why each stands where it does, and what was waived"),
    Kind("approval", "Approval status", "Who has signed it off, for what use and for whom, and when that ends"),
    Kind("evaluation", "Evaluation report", "How it was made and tested, with the TRIPOD+AI index"),
    Kind("explanation", "Explanation report", "What moves the scores, for whom, and what may not be read into that"),
    Kind("equality", "Equality assessment", "What was measured for each of the nine protected characteristics"),
    Kind("audit", "Audit annex", "Every figure by group: to be looked up, beside the equality assessment"),
    Kind("dpia", "Data protection impact assessment", "Which law each source rests on, the risks and the measures"),
    Kind("atrs", "Algorithmic transparency record", "The fields of the ATRS, version 4, for publication"),
    Kind("datasheet", "Data and linkage datasheet", "Where the data come from, how they were joined, what is missing"),
)
TITLES = {kind.name: kind.title for kind in DOCUMENTS}
