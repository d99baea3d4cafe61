"""Bytes to a :class:`Tree`: YAML 1.1 by its events, so that every value keeps its position.

A strict subset: no tags, no merge keys, one document, keys are text and unique. libyaml's
parser is used where PyYAML has it; the pure one gives the same trees and refusals.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from convcost.errors import Diagnostic, Loc, Source, SpecError
from convcost.spec.tree import Map, Scalar, Seq

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.spec.log import Log
    from convcost.spec.tree import Tree

MAX_BYTES = 1 << 20
MAX_DEPTH = 32
MAX_NODES = 200_000  # with aliases written out; 1 MiB of text has fewer without them

# Patterns for rare texts are compiled where one is met: the ranges of the first alone take 4 ms.
_UNPRINTABLE = "[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_ODD_BREAK = "[\u2028\u2029]"
_BAD_ESCAPE = (  # half a character, or one past the last: each parser fails in its own way
    r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\U(?:0000[dD][89a-fA-F][0-9a-fA-F]{2}|(?!000|0010)[0-9a-fA-F]{8})"
)
_BLOCK_STYLES = ("|", ">")
_BLOCK_HEADER = re.compile(r"[|>](?:[+-]?[1-9]?|[1-9][+-])(?:\s+#.*|[ \t]*)$", re.MULTILINE)
_ODD_TAG = re.compile(r"(?:&\S+\s+)?![^\s,\[\]{}]*[,\[\]{}]")
_CLOSING = ",?[]{}"
_ODD_COLON = re.compile(r"\s*:[,?\[\]{}]")  # what libyaml refuses behind a plain value in brackets
_TAB_INDENT = re.compile(r"^ *\t", re.MULTILINE)


def decode(data: bytes, name: str) -> Source:
    """Return the text of a spec: UTF-8, with or without a BOM, any line ends.

    Raises SpecError for other encodings, control characters, tabs as indentation, and
    more than 1 MiB.
    """
    if len(data) > MAX_BYTES:
        raise _fatal("CC105", f"{name} is larger than 1 MiB", Source(name, ""))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _fatal("CC102", f"{name} is UTF-16", Source(name, ""), hint="save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} (line {line}) is not UTF-8"
        raise _fatal("CC102", message, Source(name, ""), (line, 1), "save it as UTF-8") from None
    source = Source(name, text.replace("\r\n", "\n").replace("\r", "\n"))
    _check_characters(source)
    return source


def _check_characters(source: Source) -> None:
    text = source.text
    if found := _unprintable(text) or re.search(_ODD_BREAK, text):
        message = f"the character U+{ord(found.group()):04X} is not allowed in a spec"
        raise _fatal("CC103", message, source, _position(text, found.start()))
    if "\\" in text and (found := re.search(_BAD_ESCAPE, text)):
        message = f"{found.group()} is not a character"
        raise _fatal("CC103", message, source, _position(text, found.start()))
    if found := _TAB_INDENT.search(text):
        at = _position(text, found.end() - 1)
        raise _fatal("CC103", "a tab is used as indentation", source, at, "use spaces")


def _unprintable(text: str) -> re.Match[str] | None:
    """Return the first character that no spec may hold: a control character, half a pair."""
    # All that Python calls printable is allowed, and most specs hold nothing else.
    if text.replace("\n", " ").replace("\t", " ").isprintable():
        return None
    return re.search(_UNPRINTABLE, text)


def _position(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _fatal(
    code: str, message: str, source: Source, at: tuple[int, int] = (1, 1), hint: str | None = None
) -> SpecError:
    return SpecError(Diagnostic(code, message, Loc(source, *at), hint))


def read(source: Source, log: Log, *, pure: bool = False) -> Tree:
    """Return the one document of a source as a tree.

    Mistakes that leave a tree (a duplicate key, a tag) go to ``log``; those that do not (broken
    YAML, no document, nesting past 32) raise SpecError. ``pure`` takes PyYAML's own parser.
    """
    return _Reader(source, log, pure=pure).document()


class _Reader:
    """One pass over the events of one text."""

    def __init__(self, source: Source, log: Log, *, pure: bool) -> None:
        self.source = source
        self.log = log
        self.anchors: dict[str, tuple[Tree | None, int, int]] = {}
        self.events = self._events(pure=pure)
        self.event: Any = None
        self.nodes = 0
        self.flow = 0
        self.before = Loc(source, 1, 1)

    def _events(self, *, pure: bool) -> Iterator[Any]:
        loader = yaml.SafeLoader if pure else getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        # A tab between words is as good as a space; the two parsers differ about it.
        return yaml.parse(self.source.text.replace("\t", " "), Loader=loader)

    def next(self) -> Any:
        """Return the next event; broken YAML raises SpecError with a position."""
        try:
            self.event = next(self.events)
        except yaml.MarkedYAMLError as error:
            raise self._syntax_error(error) from None
        except yaml.YAMLError as error:
            raise _fatal("CC104", f"this is not YAML: {error}", self.source) from None
        return self.event

    def _syntax_error(self, error: yaml.MarkedYAMLError) -> SpecError:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        text = self.source.line(line)
        before, here = text[: column - 1].rstrip(), text[column - 1 : column]
        hint = None
        if here == "[" and before and (before[-1].isalnum() or before[-1] == "_"):
            hint = f"inside {{ }} a bracket ends the value: write an index as {before.split()[-1]}.0"
            return _fatal("CC109", "an index in brackets inside { }", self.source, (line, column), hint)
        if here in {"%", "@", "`"}:
            hint = "quote the value"
        elif here == ":" and (behind := text[column : column + 1]) in _CLOSING:
            hint = "put a space after the colon" if behind in "[{" else "a value is missing after the colon"
        what = error.problem or error.context or "unreadable"
        return _fatal("CC104", f"this is not YAML: {what}", self.source, (line, column), hint)

    def document(self) -> Tree:
        """Return the single document's tree."""
        self.next()  # stream start
        if isinstance(self.next(), yaml.StreamEndEvent):
            raise _fatal("CC110", "the spec is empty", self.source)
        tree, _, _ = self.tree(self.next(), 1)
        self.next()  # document end
        if not isinstance(self.next(), yaml.StreamEndEvent):
            loc = self.loc(self.event)
            message = "a second document begins here; a spec is one document"
            raise SpecError(Diagnostic("CC107", message, loc))
        if isinstance(tree, Scalar) and tree.null:
            raise _fatal("CC110", "the spec is empty", self.source)
        return tree

    def loc(self, event: Any) -> Loc:
        """Return where an event starts, and how far it reaches on its line.

        An empty value stands where the value or bracket before it does: the parsers put it
        in different places.
        """
        if isinstance(event, yaml.ScalarEvent) and not event.style and not event.value:
            return self.before
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else 1
        return Loc(self.source, start.line + 1, start.column + 1, max(length, 1))

    def tree(self, event: Any, depth: int) -> tuple[Tree, int, int]:
        """Return the tree that begins with ``event``, its number of nodes and its height."""
        loc = self.before = self.loc(event)
        if depth > MAX_DEPTH:
            raise SpecError(Diagnostic("CC105", f"nesting deeper than {MAX_DEPTH} levels", loc))
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, loc, depth)
        if getattr(event, "tag", None):
            self._check_tag(event)
            hint = "quote a value to make it text" if event.tag.endswith(":str") else "remove the tag"
            self.log.add("CC107", f"tags such as {event.tag} are not supported in specs", loc, hint)
        if event.anchor:
            self.anchors[event.anchor] = (None, 0, 0)  # until it is complete, an alias to it is a cycle
        if isinstance(event, yaml.ScalarEvent):
            result: tuple[Tree, int, int] = (self._scalar(event, loc), 1, 1)
        elif isinstance(event, yaml.SequenceStartEvent):
            result = self._sequence(event, loc, depth)
        else:
            result = self._mapping(event, loc, depth)
        if event.anchor:
            self.anchors[event.anchor] = result
        self._count(1, loc)
        return result

    def _check_tag(self, event: Any) -> None:
        """Refuse a tag that runs into a comma or bracket: only libyaml ends it there."""
        if _ODD_TAG.match(self.source.text, event.start_mark.index):
            error = yaml.MarkedYAMLError(problem="found an odd tag", problem_mark=event.start_mark)
            raise self._syntax_error(error)

    def _count(self, more: int, loc: Loc) -> None:
        self.nodes += more
        if self.nodes > MAX_NODES:
            message = f"the spec has more than {MAX_NODES:,} values with its aliases expanded"
            raise SpecError(Diagnostic("CC105", message, loc))

    def _alias(self, event: Any, loc: Loc, depth: int) -> tuple[Tree, int, int]:
        tree, size, height = self.anchors.get(event.anchor, (None, 0, 0))
        if event.anchor not in self.anchors:
            raise SpecError(Diagnostic("CC107", f"there is no anchor &{event.anchor} before this alias", loc))
        if tree is None:
            raise SpecError(Diagnostic("CC107", f"the alias *{event.anchor} is inside itself", loc))
        if depth + height - 1 > MAX_DEPTH:
            raise SpecError(Diagnostic("CC105", f"nesting deeper than {MAX_DEPTH} levels", loc))
        self._count(size, loc)
        return tree, size, height

    def _scalar(self, event: Any, loc: Loc) -> Scalar:
        quoted = bool(event.style)
        if self.flow and not quoted:
            self._check_flow(event)
        if event.style in _BLOCK_STYLES:
            self._check_block(event)
        if event.style == '"' and (odd := _unprintable(event.value)):
            self.log.add("CC103", f"the character U+{ord(odd.group()):04X} is not allowed in a spec", loc)
            return Scalar("", loc, quoted, broken=True)
        broken = bool(self.flow and not quoted and event.value.count("(") > event.value.count(")"))
        if broken:
            from convcost.spec.synonyms import list_hint

            hint = f'inside {{ }} and [ ] a comma ends the value: quote the whole of it, "{event.value}, …"'
            rest = self.source.text[event.start_mark.index :].partition(")")[0] + ")"
            if listed := list_hint(rest):
                hint, loc = listed, loc._replace(length=len(rest))
            self.log.add("CC109", f"{event.value!r} ends at a comma", loc, hint)
        return Scalar(event.value, loc, quoted, broken)

    def _check_flow(self, event: Any) -> None:
        """Refuse what one of the parsers refuses inside brackets: ``{a :{}}`` libyaml, ``[a? b]`` PyYAML."""
        mark, problem = event.end_mark, None
        if _ODD_COLON.match(self.source.text, mark.index):
            problem = "found unexpected ':'"
        elif "?" in event.value:
            mark, problem = event.start_mark, "found unexpected '?'"
        if problem:
            raise self._syntax_error(yaml.MarkedYAMLError(problem=problem, problem_mark=mark))

    def _check_block(self, event: Any) -> None:
        """Refuse a block value whose first line libyaml forgives and PyYAML does not: ``|#``."""
        mark = event.start_mark
        if not _BLOCK_HEADER.match(self.source.text, mark.index):
            problem = f"a malformed header of a block value ({event.style})"
            raise self._syntax_error(yaml.MarkedYAMLError(problem=problem, problem_mark=mark))

    def _sequence(self, event: Any, loc: Loc, depth: int) -> tuple[Tree, int, int]:
        items: list[Tree] = []
        size, height = 1, 0
        self.flow += bool(event.flow_style)
        while not isinstance(self.next(), yaml.SequenceEndEvent):
            item, more, tall = self.tree(self.event, depth + 1)
            if not (items and event.flow_style and _rest_of_broken(items[-1], item)):
                items.append(item)
            size, height = size + more, max(height, tall)
        self.flow -= bool(event.flow_style)
        return Seq(tuple(items), loc), size, height + 1

    def _mapping(self, event: Any, loc: Loc, depth: int) -> tuple[Tree, int, int]:
        items: dict[str, Tree] = {}
        keys: dict[str, Scalar] = {}
        size, height = 1, 0
        last: Tree | None = None
        self.flow += bool(event.flow_style)
        while not isinstance(self.next(), yaml.MappingEndEvent):
            key = self._key(self.tree(self.event, depth + 1)[0])
            value, more, tall = self.tree(self.next(), depth + 1)
            size, height = size + more + 1, max(height, tall)
            if key is None or (last is not None and _rest_of_broken(last, key)):
                continue
            last = value
            self._enter(items, keys, key, value)
        self.flow -= bool(event.flow_style)
        return Map(items, keys, loc), size, height + 1

    def _key(self, key: Tree) -> Scalar | None:
        if isinstance(key, Scalar) and not key.null:
            return key
        if self.flow and isinstance(key, Scalar):  # [?] and {:}, of which the parsers think differently
            raise SpecError(Diagnostic("CC104", "this is not YAML: a key is missing", key.loc))
        hint = "write a block's or branch's name, or a field" if isinstance(key, Scalar) else None
        self.log.add("CC104", "a key must be a word", key.loc, hint)
        return None

    def _enter(self, items: dict[str, Tree], keys: dict[str, Scalar], key: Scalar, value: Tree) -> None:
        if key.text == "<<" and not key.quoted:
            self.log.add(
                "CC107", "merge keys (<<) are not supported in specs", key.loc, "write the fields out"
            )
        elif key.text in items:
            first = keys[key.text].loc
            note = (f"first given at line {first.line}, column {first.column}",)
            self.log.add("CC106", f"duplicate key {key.text!r}", key.loc, notes=note)
        else:
            items[key.text], keys[key.text] = value, key


def _rest_of_broken(previous: Tree, item: Tree) -> bool:
    """Whether ``item`` is what a comma cut off a value that was reported."""
    if not (isinstance(previous, Scalar) and previous.broken and isinstance(item, Scalar)):
        return False
    return not item.quoted and item.text.count(")") > item.text.count("(")
