"""Stage `documents`: what the ethics group reads of an outcome, as pages and as text, all bearing one run id."""

import json

from models import bundle, pages
from models.disclosed import require_disclosed
from models.documents import atrs
from models.documents.written import write
from models.site_outcome import outcome_page
from models.specification import specification
from pipelines import paths
from pipelines.evidence import evidence
from pipelines.files import write_json, write_text
from pipelines.pictures import pictures
from pipelines.stage import main, say


def documents(name: str) -> None:
    found, folder = evidence(name), paths.report(name)
    say(f"{name}: drawing the pictures")
    model, _ = bundle.load(paths.bundle(name))
    found |= {"specification": specification(model), "charts": pictures(name, found)}
    say(f"{name}: writing the documents")
    texts = {pages.OUTCOME: pages.page(outcome_page(found), ((pages.HOME, f"../{paths.OVERVIEW.name}"),))}
    for document in write(found):
        texts |= {f"{document.name}.md": pages.markdown(document), f"{document.name}.html": pages.page(document)}
    for file, text in texts.items():
        write_text(folder / file, require_disclosed(file, text))
    record = atrs.record(found)
    require_disclosed("atrs.json", json.dumps(record))
    write_json(folder / "atrs.json", record)
    for chart, (drawn, _) in found["charts"].items():
        write_text(paths.charts(name) / f"{chart}.svg", drawn)


if __name__ == "__main__":
    main(documents)
