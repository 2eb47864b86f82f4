"""Stage `documents`: what the ethics group reads of an outcome, as pages and as text, all bearing one run id."""

from models import pages
from models.documents import atrs
from models.documents.written import write
from pipelines import paths
from pipelines.evidence import evidence
from pipelines.files import write_json, write_text
from pipelines.stage import main, say


def documents(name: str) -> None:
    found, folder = evidence(name), paths.report(name)
    say(f"{name}: writing the documents")
    for document in write(found):
        write_text(folder / f"{document.name}.md", pages.markdown(document))
        write_text(folder / f"{document.name}.html", pages.page(document))
    write_json(folder / "atrs.json", atrs.record(found))
    for chart, (drawn, _) in found["charts"].items():
        write_text(paths.charts(name) / f"{chart}.svg", drawn)


if __name__ == "__main__":
    main(documents)
