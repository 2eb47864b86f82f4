"""Stage `documents`: what the ethics group reads of an outcome, as pages and as text, all bearing one run id."""

import json

from models import pages
from models.disclosed import require_disclosed
from models.documents import atrs
from models.documents.written import write
from pipelines import paths
from pipelines.evidence import evidence
from pipelines.files import write_text
from pipelines.stage import main, say


def documents(name: str) -> None:
    found, folder = evidence(name), paths.report(name)
    say(f"{name}: writing the documents")
    texts = {"atrs.json": json.dumps(atrs.record(found), indent=1, ensure_ascii=False) + "\n"}
    for document in write(found):
        texts |= {f"{document.name}.md": pages.markdown(document), f"{document.name}.html": pages.page(document)}
    # All or none: a document that shows a small number is not published, nor are those that it belongs to.
    for file, text in {file: require_disclosed(file, text) for file, text in texts.items()}.items():
        write_text(folder / file, text)
    for chart, (drawn, _) in found["charts"].items():
        write_text(paths.charts(name) / f"{chart}.svg", drawn)


if __name__ == "__main__":
    main(documents)
