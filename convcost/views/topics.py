"""What ``convcost help`` shows: the topics, a section of the language page, a word of the language."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING

from convcost.spec.language import sections
from convcost.spec.words import WORDS
from convcost.view import Code, Column, Heading, Note, Table, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcost.spec.words import Word
    from convcost.view import Block

_FENCED = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def listing(commands: Iterable[tuple[str, str]]) -> View:
    """Return all topics; ``commands`` are (name, summary)."""
    columns: tuple[Column[tuple[str, str]], ...] = (
        Column("command", lambda row: row[0], style="name"),
        Column("what it does", lambda row: row[1], wrap=True),
    )
    table = Table(columns, tuple(commands))
    language = Note(f"The spec language: {', '.join(title.lower() for title in sections())}.")
    words = Note(f"Its words: {', '.join(WORDS)}.")
    rest = Note("Every op of `convcost ops` and every code of `convcost errors` is a topic, too.")
    return View((table, language, words, rest), table)


def word(name: str) -> View:
    """Return a word's page: what it says, an example, and where to read on."""
    found = WORDS[name]
    blocks = (
        Heading(name),
        Note(f"{found.doc[0].upper()}{found.doc[1:]}."),
        Heading("Example"),
        Code(found.example),
        Note(f"`convcost help '{found.section.lower()}'` says more.", "dim"),
    )
    columns: tuple[Column[Word], ...] = (
        Column("word", lambda _: name),
        Column("meaning", lambda word: word.doc),
        Column("example", lambda word: word.example),
    )
    return View(blocks, Table(columns, (found,)))


def section(title: str) -> View:
    """Return a section of the language page."""
    return View((Heading(title), *_blocks(sections()[title])))


def _blocks(markdown: str) -> Iterator[Block]:
    """Yield the blocks of the Markdown the page uses: paragraphs, lists, tables, fenced code."""
    for number, part in enumerate(_FENCED.split(markdown)):
        if number % 2:
            yield Code(part.rstrip("\n"))
            continue
        for paragraph in filter(None, re.split(r"\n\n+", part.strip())):
            lines = paragraph.splitlines()
            if lines[0].startswith("|"):
                yield _table(lines)
            elif lines[0].startswith("- "):
                yield from (Note(f"- {_plain(item)}") for item in paragraph[2:].split("\n- "))
            else:
                yield Note(_plain(paragraph))


def _table(lines: list[str]) -> Table[list[str]]:
    titles, _, *rows = [[_plain(cell) for cell in line.strip("| ").split(" | ")] for line in lines]
    columns: list[Column[list[str]]] = [
        Column(title, itemgetter(i), wrap=True, style="" if i else "name") for i, title in enumerate(titles)
    ]
    return Table(columns, rows)


def _plain(text: str) -> str:
    """Return running text on one line, without emphasis and links; `code` stays."""
    return " ".join(_LINK.sub(r"\1", text).replace("**", "").replace("\\|", "|").split())
