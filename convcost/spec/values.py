"""What a value means where it stands: numbers, flags, words and lists, by the field's type."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import MISSING
from typing import TYPE_CHECKING

from convcost.errors import did_you_mean
from convcost.ops._fields import COUNT, FLAG, INTEGERS, PADDING, PER_DIM, WORD, FieldSpec
from convcost.spec.arithmetic import FUNCTIONS, ExpressionError, Value, is_number, show
from convcost.spec.expressions import parse
from convcost.spec.log import Log, Reported
from convcost.spec.tree import Map, Scalar, Seq, describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcost.errors import Loc
    from convcost.spec.names import Output as Entering
    from convcost.spec.tree import Tree

IN_NAMES = ("in_channels", "in_size", "in_height", "in_width")
BROKEN = object()
"""The value of a var or arg whose mistake has been reported."""

_BARE = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_PATH = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*(?:\.\*)?", re.ASCII)
_WORD_TRAPS = {"yes": "true", "no": "false", "on": "true", "off": "false", "true": "true", "false": "false"}
_SEXAGESIMAL = re.compile(r"[\d_]+(:[\d_]+)+(\.\d*)?", re.ASCII)


class Scope:
    """The names an expression sees: vars and args, ``in_*`` of the entering tensor, ``index``."""

    __slots__ = ("entering", "index", "names")

    def __init__(
        self, names: Mapping[str, Value], entering: Entering | None = None, index: int | None = None
    ) -> None:
        self.names = names
        self.entering = entering
        self.index = index

    def __call__(self, name: str) -> Value:
        """Return a name's value; KeyError(name, hint) where there is none.

        Raises Reported where the value hangs on something whose mistake is in the log.
        """
        value = self.names.get(name, MISSING)
        if value is BROKEN:
            raise Reported
        if value is not MISSING:
            return value
        if name == "index" and self.index is not None:
            return self.index
        if name.startswith("in_") and self.entering is not None:
            return self._of_input(name, self.entering)
        raise KeyError(name, self._hint(name))

    def lacks(self, name: str) -> bool:
        """Whether a name is surely none of ours; spares a word the search for what was meant."""
        return name not in self.names and name != "index" and not name.startswith("in_")

    def _of_input(self, name: str, entering: Entering) -> Value:
        if name not in IN_NAMES:
            raise KeyError(name, f"the names are {', '.join(IN_NAMES)}")
        if not (entering.channels if name == "in_channels" else entering.sizes):
            raise Reported
        channels, *sizes = entering.shape
        if name == "in_channels":
            return channels
        if name == "in_size":
            return tuple(sizes)
        back = 1 if name == "in_width" else 2
        if len(sizes) < back:
            shown = list(entering.shape)
            raise KeyError(name, f"the input here, {shown}, has {len(sizes)} spatial dims")
        return sizes[-back]

    def _hint(self, name: str) -> str | None:
        if name == "index":
            return "index counts the repeats of a line with repeat:"
        from convcost.spec.synonyms import NAMES, meant

        known = [*self.names, *FUNCTIONS, *(IN_NAMES if self.entering else ())]
        return did_you_mean(meant(name, NAMES, known if self.index is None else [*known, "index"]))


# --- expressions -------------------------------------------------------------------------


def evaluate(tree: Tree, look: Scope, log: Log, what: str = "a number", *, listed: bool = False) -> Value:
    """Return the value of an expression; raises Reported after logging what is wrong.

    ``listed``: a list may be written here as well, so ``3x3`` and ``(3, 3)`` probably are one.
    """
    if not isinstance(tree, Scalar):
        raise log.add("CC203", f"expected {what}, found {describe(tree)}", tree.loc)
    text = tree.text
    if text.isdigit() and text.isascii() and len(text) < 19 and (text[0] != "0" or text == "0"):  # noqa: PLR2004
        return int(text)  # the language's limit on digits; most values take this way
    if tree.broken:
        raise Reported
    if tree.null:
        raise log.add("CC203", f"expected {what}, found nothing", tree.loc)
    check_trap(tree, log)
    try:
        return parse(text)(look)
    except ExpressionError as error:
        from convcost.spec.synonyms import list_hint

        if listed and error.code == "CC201" and (hint := list_hint(text)):
            raise log.add("CC201", f"{text} is not how a list is written", tree.loc, hint) from None
        raise log.add(error.code, error.message, _within(tree, error), error.hint) from None


def _within(tree: Scalar, error: ExpressionError) -> Loc:
    loc = tree.loc
    inside = error.at + tree.quoted
    if not (error.at or error.length) or inside >= loc.length:
        return loc
    return loc._replace(column=loc.column + inside, length=error.length or 1)


def check_trap(tree: Scalar, log: Log) -> None:
    """Refuse what YAML 1.1 reads as something else than it says."""
    if tree.quoted:
        return
    text = tree.text
    meant = _WORD_TRAPS.get(text.lower())
    if meant and text not in {"true", "false"}:
        message = f"{text} is a boolean in YAML 1.1 and a word elsewhere"
        raise log.add("CC108", message, tree.loc, f"write {meant}, or quote it")
    if text.lower() == "null":
        raise log.add("CC108", f"{text} is YAML's null", tree.loc, "write ~")
    if _SEXAGESIMAL.fullmatch(text):
        raise log.add("CC108", f"{text} is a base-60 number in YAML 1.1", tree.loc, "put quotes around text")
    if text[0] == "." and len(text) > 1:
        hint = f"write 0{text}" if text[1:].isdigit() else "sizes are finite"
        raise log.add("CC108", f"{text} is not an exact number", tree.loc, hint)


def boolean(tree: Tree, look: Scope, log: Log, what: str) -> bool:
    """Return a condition's value."""
    value = evaluate(tree, look, log, "true or false")
    if type(value) is not bool:
        hint = "write a comparison, as in depth > 3"
        raise log.add("CC203", f"{what} must be true or false, not {show(value)}", tree.loc, hint)
    return value


def integer(tree: Tree, look: Scope, log: Log, spec: FieldSpec) -> int:
    """Return an integer within the field's range."""
    return check_integer(evaluate(tree, look, log, "an integer"), tree, log, spec)


def check_integer(value: Value, tree: Tree, log: Log, spec: FieldSpec) -> int:
    """Return ``value`` where it is an integer in range."""
    if type(value) is not int:
        kind = "CC205" if is_number(value) else "CC203"
        hint = spec.fraction or "floor, ceil and round make integers" if is_number(value) else None
        if isinstance(value, str):
            hint = f"{value!r} is a word"
        raise log.add(kind, f"{spec.name} must be an integer, not {show(value)}", tree.loc, hint)
    if (spec.ge is not None and value < spec.ge) or (spec.le is not None and value > spec.le):
        raise log.add("CC206", f"{spec.name} must be {_bounds(spec)}, not {value}", tree.loc)
    return value


# --- words -------------------------------------------------------------------------------


def word(tree: Tree, look: Scope, log: Log, what: str) -> str:
    """Return a word: as written, or the value of ``$x``."""
    if not isinstance(tree, Scalar):
        raise log.add("CC203", f"{what} must be a word, found {describe(tree)}", tree.loc)
    if tree.broken:
        raise Reported
    if not tree.text.startswith("$") or tree.quoted:
        if tree.null:
            raise log.add("CC203", f"{what} must be a word, found nothing", tree.loc)
        return tree.text
    name = tree.text[1:]
    try:
        value = look(name)
    except KeyError as missing:
        hint = missing.args[1] if len(missing.args) > 1 else None
        raise log.add("CC202", f"unknown name {name!r}", tree.loc, hint) from None
    if not isinstance(value, str):
        if type(value) is int:
            return str(value)  # a name such as 50
        raise log.add("CC203", f"{what} is a word, but ${name} is {show(value)}", tree.loc)
    return value


def untyped(tree: Tree, look: Scope, log: Log) -> Value:
    """Return a value where no type is known: vars, args, a block's arguments.

    A name in scope is its value, any other bare name a word, judged where it is used.
    """
    if isinstance(tree, Seq):
        values = []
        for item in tree.items:
            with suppress(Reported):
                values.append(untyped(item, look, log))
        if len(values) < len(tree.items):
            raise Reported
        return tuple(values)
    if isinstance(tree, Map):
        raise log.add("CC203", "expected a number, a word or a list, found a mapping", tree.loc)
    if tree.null:
        return None
    text = tree.text
    if tree.broken or (text.isdigit() and not tree.quoted) or not _PATH.fullmatch(text):
        return evaluate(tree, look, log, "a value", listed=True)
    check_trap(tree, log)
    return _name_or_word(tree, look, log)


def _name_or_word(tree: Scalar, look: Scope, log: Log) -> Value:
    text = tree.text
    if _BARE.fullmatch(text):
        if look.lacks(text):
            return _literal(text)
        try:
            return look(text)
        except KeyError:
            return _literal(text)
    try:
        return parse(text)(look)
    except ExpressionError as error:
        item = not look.lacks(text.partition(".")[0]) and error.code == "CC202"  # rates.nope
        if not item and (error.code in {"CC201", "CC202"} or (tree.quoted and error.code == "CC108")):
            return text  # 3a, enc.conv1, "1_0"
        raise log.add(error.code, error.message, _within(tree, error), error.hint) from None


def _literal(text: str) -> Value:
    return {"true": True, "false": False}.get(text, text)


# --- fields ------------------------------------------------------------------------------


def field_value(spec: FieldSpec, tree: Tree, look: Scope, log: Log) -> Value:
    """Return what an op's field holds; raises Reported after logging what is wrong."""
    if spec.kind == COUNT:
        return integer(tree, look, log, spec)
    if spec.kind == FLAG:
        return boolean(tree, look, log, spec.name)
    if spec.kind == WORD:
        return _choice(spec, tree, look, log)
    if spec.kind == PADDING and isinstance(tree, Scalar) and tree.text in spec.choices:
        return tree.text
    if spec.kind == PADDING and isinstance(tree, Scalar) and _miscased(tree.text, spec, look):
        message = f"{spec.name} must be a number or {', '.join(spec.choices)}, not {tree.text}"
        raise log.add("CC207", message, tree.loc, did_you_mean(tree.text.lower()))
    if spec.kind in (PER_DIM, PADDING, INTEGERS):
        return _sizes(spec, tree, look, log)
    return _number(spec, tree, look, log)


def _miscased(text: str, spec: FieldSpec, look: Scope) -> bool:
    """Whether a text is one of the words but for its case, as in ``SAME``, and no var."""
    return text.lower() in spec.choices and look.lacks(text)


def _choice(spec: FieldSpec, tree: Tree, look: Scope, log: Log) -> str:
    text = word(tree, look, log, spec.name)
    if text not in spec.choices:
        from convcost.spec.synonyms import WORDS, meant

        hint = did_you_mean(meant(text, WORDS, spec.choices))
        raise log.add(
            "CC207", f"{spec.name} must be one of {', '.join(spec.choices)}, not {text}", tree.loc, hint
        )
    return text


def _number(spec: FieldSpec, tree: Tree, look: Scope, log: Log) -> Value:
    value = evaluate(tree, look, log)
    if not is_number(value):
        raise log.add("CC203", f"{spec.name} must be a number, not {show(value)}", tree.loc)
    if (spec.ge is not None and value < spec.ge) or (spec.le is not None and value > spec.le):
        raise log.add("CC206", f"{spec.name} must be {_bounds(spec)}, not {show(value)}", tree.loc)
    return value


def _bounds(spec: FieldSpec) -> str:
    if spec.ge is None:
        return f"at most {spec.le}"
    return f"at least {spec.ge}" if spec.le is None else f"between {spec.ge} and {spec.le}"


def _sizes(spec: FieldSpec, tree: Tree, look: Scope, log: Log) -> Value:
    """One integer, or a list with one per dim; a padding's entries may be pairs."""
    if isinstance(tree, Seq) and tree.items:
        return _each(tree.items, look, log, spec)
    what = "an integer or a list of them"
    value = () if isinstance(tree, Seq) else evaluate(tree, look, log, what, listed=True)
    if value == ():
        raise log.add("CC203", f"{spec.name} is an empty list", tree.loc)
    if isinstance(value, tuple):
        return tuple(_checked(item, tree, log, spec) for item in value)
    if spec.kind == PADDING and isinstance(value, str):
        if value in spec.choices:
            return value
        raise log.add("CC207", f"{spec.name} must be a number or {', '.join(spec.choices)}", tree.loc)
    if spec.kind == INTEGERS:
        raise log.add("CC203", f"{spec.name} must be a list of integers, not {show(value)}", tree.loc)
    return check_integer(value, tree, log, spec)


def _each(items: tuple[Tree, ...], look: Scope, log: Log, spec: FieldSpec) -> Value:
    """Return a list's values; every mistake in it is logged before Reported is raised."""
    entry = _pad_entry if spec.kind == PADDING else integer
    values = []
    for item in items:
        with suppress(Reported):
            values.append(entry(item, look, log, spec))
    if len(values) < len(items):
        raise Reported
    return tuple(values)


def _pad_entry(tree: Tree, look: Scope, log: Log, spec: FieldSpec) -> Value:
    if not isinstance(tree, Seq):
        value = evaluate(tree, look, log, "an integer or a pair")
        return _checked(value, tree, log, spec)
    if len(tree.items) != 2:  # noqa: PLR2004
        raise log.add("CC203", f"{spec.name} takes pairs (before, after) per dim", tree.loc)
    return tuple(integer(item, look, log, spec) for item in tree.items)


def _checked(value: Value, tree: Tree, log: Log, spec: FieldSpec) -> Value:
    """Check an entry of a list that came as a value: an integer, or a pair of them."""
    if isinstance(value, tuple) and spec.kind == PADDING and len(value) == 2:  # noqa: PLR2004
        return tuple(check_integer(item, tree, log, spec) for item in value)
    return check_integer(value, tree, log, spec)
