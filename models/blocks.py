"""What documents are made of: sections of texts, lists, facts, tables and pictures, which `models.pages` lays out."""

from dataclasses import dataclass
from html import escape

import pandas as pd


@dataclass(frozen=True)
class Link:
    """A place in a document of the same outcome, in a cell, a list or a fact: `to` is such as card.html#groups."""

    text: str
    to: str

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> str:  # what the templates put in place of a text they would escape
        return f'<a href="{escape(self.to)}">{escape(self.text)}</a>'


@dataclass(frozen=True)
class Text:
    text: str
    kind = "text"

    def is_empty(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True)
class Items:
    items: list[str | Link]
    kind = "items"

    def is_empty(self) -> bool:
        return not self.items or not all(str(item).strip() for item in self.items)


@dataclass(frozen=True)
class Facts:
    """Pairs of a name and what it is."""

    facts: list[tuple[str, str | Link]]
    kind = "facts"

    def is_empty(self) -> bool:
        return not self.facts or not all(str(value).strip() for _, value in self.facts)


@dataclass(frozen=True)
class Table:
    caption: str
    table: pd.DataFrame
    kind = "table"

    def is_empty(self) -> bool:
        return not len(self.table)


@dataclass(frozen=True)
class Picture:
    """An inline SVG with the table of what it shows; a small one says it all in its caption."""

    caption: str
    svg: str
    table: pd.DataFrame
    small: bool = False
    kind = "picture"

    def is_empty(self) -> bool:
        return "<svg" not in self.svg or not len(self.table)


@dataclass(frozen=True)
class Answer:
    """The short answer to the question that a section's title asks."""

    text: str
    kind = "answer"

    def is_empty(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True)
class Tile:
    """One of several things to choose from, with what tells them apart."""

    title: str
    href: str
    text: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True)
class Tiles:
    tiles: list[Tile]
    kind = "tiles"

    def is_empty(self) -> bool:
        return not self.tiles


@dataclass(frozen=True)
class Fold:
    """Blocks below a line that opens them, unfolded on paper; `note` says why to open it."""

    summary: str
    note: str
    blocks: "list[Block]"
    kind = "fold"

    def is_empty(self) -> bool:
        return not self.summary.strip() or not self.blocks or any(block.is_empty() for block in self.blocks)


Block = Text | Items | Facts | Table | Picture | Answer | Tiles | Fold


@dataclass(frozen=True)
class Section:
    identifier: str
    title: str
    blocks: list[Block]

    def is_empty(self) -> bool:
        return not self.blocks or any(block.is_empty() for block in self.blocks)


@dataclass(frozen=True)
class Document:
    """One of the documents of a model: all of a run bear its `identity`. `lead` is the line below the title."""

    name: str  # of its files: card.md, card.html
    kind: str  # "Model card"
    title: str
    lead: str
    identity: str
    invented: bool
    sections: list[Section]
