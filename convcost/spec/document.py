"""A :class:`Tree` to a document: its head, vars, variants, blocks and lines, all keys checked.

Nothing is evaluated here. Where a mistake has an obvious remedy ("did you mean"), it is
reported and the remedy taken, so that what follows is judged as if it were right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from convcost.errors import closest, did_you_mean, suggest
from convcost.ops import INDEX, op_class
from convcost.spec.arithmetic import FUNCTIONS
from convcost.spec.expressions import RESERVED
from convcost.spec.log import Reported
from convcost.spec.tree import Map, Scalar, Seq, describe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.errors import Loc, Source
    from convcost.spec.log import Log
    from convcost.spec.tree import Tree

VERSION = "1"
COMMON = ("name", "from", "repeat", "first", "last", "when", "expect", "role")
BRANCHING = ("concat", "add", "mul", "matmul")
RESIDUAL = "residual"
PROJECT = "project"
NONE = "none"
UNKNOWN = "?"
HEAD = ("convcost", "name", "input", "vars", "variants", "blocks", "layers", "outputs", "budget")

_NAME = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_LATER = {
    "share": "sharing weights between layers is reserved for a later version of the language",
    "inputs": "several inputs are reserved for a later version of the language",
    "parameter": "free parameter tensors are reserved for a later version of the language",
}


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of a spec: its op or block, its fields, and what every line may carry.

    ``branches`` are those of concat, add, mul and matmul; a residual has ``body`` and
    ``shortcut`` in their place (``shortcut`` may be a word).
    """

    op: Scalar
    fields: Map
    common: dict[str, Tree]
    branches: tuple[tuple[str, tuple[Line, ...]], ...] = ()
    body: tuple[Line, ...] = ()
    shortcut: Scalar | tuple[Line, ...] | None = None

    @property
    def loc(self) -> Loc:
        """Where the line's op stands."""
        return self.op.loc

    @property
    def name(self) -> str | None:
        """The given name."""
        given = self.common.get("name")
        return given.text if isinstance(given, Scalar) else None


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A block: its arguments (None: must be given) and its lines."""

    name: str
    args: dict[str, Tree]
    lines: tuple[Line, ...]
    loc: Loc


@dataclass(slots=True, eq=False)
class Document:
    """A spec, its form checked. ``variants`` map to their overrides."""

    source: Source
    loc: Loc
    name: str = ""
    input: Tree | None = None
    vars: dict[str, Tree] = field(default_factory=dict)
    variants: dict[str, dict[str, Tree]] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    outputs: tuple[Scalar, ...] = ()
    budget: Tree | None = None


def parse_document(tree: Tree, log: Log) -> Document:
    """Return a spec's document; every mistake of form is in the log."""
    if not isinstance(tree, Map):
        hint = "a spec begins with 'convcost: 1'"
        raise log.add("CC304", f"a spec is a mapping, found {describe(tree)}", tree.loc, hint)
    return _Parser(log).document(tree)


class _Parser:
    """Knows the blocks' names and arguments before it reads any line."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.block_args: dict[str, tuple[str, ...]] = {}

    # --- the head ------------------------------------------------------------------------

    def document(self, tree: Map) -> Document:
        """Return the whole."""
        top = self.known(tree, HEAD, "a spec")
        document = Document(tree.loc.source, tree.loc)
        self.version(top, tree)
        document.name = self.given_name(top.get("name"), tree)
        document.input = self.required(top, "input", tree, "channels and sizes, as in [3, 224, 224]")
        if isinstance(document.input, Map) or _nested(document.input):
            self.log.add("CC314", _LATER["inputs"], document.input.loc if document.input else tree.loc)
            document.input = None
        document.vars = self.variables(top.get("vars"), "vars")
        document.variants = self.variants(top.get("variants"), document.vars)
        document.blocks = self.blocks(top.get("blocks"))
        layers = self.required(top, "layers", tree, "a list of layers")
        document.lines = self.lines(layers, "layers") if layers else ()
        document.outputs = self.names(top.get("outputs"))
        document.budget = top.get("budget")
        return document

    def version(self, top: dict[str, Tree], tree: Map) -> None:
        """Check ``convcost: 1``."""
        given = self.required(top, "convcost", tree, "the version of the language: convcost: 1")
        if given and not (isinstance(given, Scalar) and given.text == VERSION):
            self.log.add("CC301", f"this is convcost's language version {VERSION}", given.loc)

    def required(self, top: dict[str, Tree], key: str, tree: Map, what: str) -> Tree | None:
        """Return what stands under a key that must be there."""
        given = top.get(key)
        if given is None or (isinstance(given, Scalar) and given.null):
            self.log.add("CC301", f"{key}: is missing ({what})", tree.loc)
            return None
        return given

    def given_name(self, given: Tree | None, tree: Map) -> str:
        """Return the network's name; a spec needs one."""
        if given is None:
            self.log.add("CC301", "name: is missing (what the network is called)", tree.loc)
        return self.name(given) or "network"

    def known(self, tree: Map, known: Iterable[str], owner: str) -> dict[str, Tree]:
        """Return the mapping with unknown keys reported (and read as what was meant)."""
        names = tuple(known)
        found: dict[str, Tree] = {}
        for key, value in tree.items.items():
            name = key if key in names else self.unknown_key(key, tree.keys[key], names, owner)
            if name is not None and (name == key or name not in tree.items):
                found[name] = value
        return found

    def unknown_key(self, key: str, at: Scalar, known: tuple[str, ...], owner: str) -> str | None:
        """Report a key; return the one that was probably meant."""
        if key in _LATER:
            self.log.add("CC314", _LATER[key], at.loc)
            return None
        meant = closest(key, known)
        listed = f"it has {', '.join(known)}" if known else "it has no fields"
        self.log.add("CC302", f"{owner} has no {key!r}", at.loc, did_you_mean(meant) or listed)
        return meant

    def mapping(self, tree: Tree | None, what: str) -> Map | None:
        """Return a mapping, None for nothing; anything else is reported."""
        if isinstance(tree, Map) or tree is None or (isinstance(tree, Scalar) and tree.null):
            return tree if isinstance(tree, Map) else None
        self.log.add("CC304", f"{what} must be a mapping, found {describe(tree)}", tree.loc)
        return None

    def variables(self, tree: Tree | None, what: str) -> dict[str, Tree]:
        """Return vars or args; their names must be free."""
        mapping = self.mapping(tree, what)
        if mapping is None:
            return {}
        for key, at in mapping.keys.items():
            if key in RESERVED or key in FUNCTIONS or key.startswith("in_"):
                self.log.add("CC306", f"{key!r} has a meaning of its own and cannot be one of {what}", at.loc)
            elif not _VARIABLE.fullmatch(key):
                hint = "letters, digits and _, not a digit first"
                self.log.add("CC306", f"{key!r} cannot be used in expressions", at.loc, hint)
        return mapping.items

    def variants(self, tree: Tree | None, variables: dict[str, Tree]) -> dict[str, dict[str, Tree]]:
        """Return each variant's overrides: of vars, input and budget."""
        mapping = self.mapping(tree, "variants")
        found: dict[str, dict[str, Tree]] = {}
        for key, value in mapping.items.items() if mapping else ():
            inner = self.mapping(value, f"variant {key}")
            self.check_name(key, mapping.keys[key].loc if mapping else value.loc)
            allowed = (*variables, "input", "budget")
            found[key] = self.known(inner, allowed, f"variant {key}") if inner else {}
        return found

    def blocks(self, tree: Tree | None) -> dict[str, Block]:
        """Return the blocks by name."""
        mapping = self.mapping(tree, "blocks")
        if mapping is None:
            return {}
        inner: dict[str, Map] = {}
        for key, value in mapping.items.items():
            self.check_block_name(key, mapping.keys[key].loc)
            block = self.mapping(value, f"block {key}")
            if block is None:
                if isinstance(value, Scalar) and value.null:
                    self.log.add("CC301", f"block {key} has no layers:", mapping.keys[key].loc)
                self.block_args[key] = ()
                continue
            inner[key] = block
            args = block.items.get("args")
            self.block_args[key] = tuple(args.items) if isinstance(args, Map) else ()
        return {key: self.block(key, block, mapping.keys[key].loc) for key, block in inner.items()}

    def check_block_name(self, key: str, loc: Loc) -> None:
        """A block may not take an op's name."""
        if key in INDEX or key in {RESIDUAL, PROJECT, NONE}:
            self.log.add("CC306", f"{key} is an op; a block needs a name of its own", loc)
        else:
            self.check_name(key, loc)

    def block(self, name: str, tree: Map, loc: Loc) -> Block:
        """Return one block."""
        top = self.known(tree, ("args", "layers"), f"block {name}")
        args = self.variables(top.get("args"), f"the args of {name}")
        for key in args:
            if key in COMMON:
                self.log.add("CC306", f"{key!r} stands on every line and cannot be an arg", tree.loc)
        layers = top.get("layers")
        if layers is None:
            self.log.add("CC301", f"block {name} has no layers:", loc)
        return Block(name, args, self.lines(layers, f"the layers of {name}") if layers else (), loc)

    def names(self, tree: Tree | None) -> tuple[Scalar, ...]:
        """Return the outputs' names."""
        if tree is None:
            return ()
        items = tree.items if isinstance(tree, Seq) else (tree,)
        good = [item for item in items if isinstance(item, Scalar) and not item.null]
        if len(good) != len(items) or not items:
            self.log.add("CC304", "outputs: is a list of names", tree.loc)
        return tuple(good)

    # --- names ---------------------------------------------------------------------------

    def name(self, tree: Tree | None) -> str | None:
        """Return a given name, checked."""
        if tree is None:
            return None
        if not isinstance(tree, Scalar) or tree.null:
            self.log.add("CC306", f"a name is a word, found {describe(tree)}", tree.loc)
            return None
        return tree.text if self.check_name(tree.text, tree.loc) else None

    def check_name(self, text: str, loc: Loc) -> bool:
        """Whether a name has only the characters names may have."""
        if _NAME.fullmatch(text) and len(text) <= 200:  # noqa: PLR2004  (a name that still fits a table)
            return True
        hint = "letters, digits, _, + and -; dots separate levels"
        self.log.add("CC306", f"{text[:60]!r} cannot be a name", loc, hint)
        return False

    # --- lines ---------------------------------------------------------------------------

    def lines(self, tree: Tree, what: str) -> tuple[Line, ...]:
        """Return the lines of a list; a line that is none is reported and left out."""
        if not isinstance(tree, Seq):
            if isinstance(tree, Scalar) and tree.broken:
                return ()
            hint = "begin each layer with '- '" if isinstance(tree, Map) else None
            self.log.add("CC304", f"{what} must be a list of layers, found {describe(tree)}", tree.loc, hint)
            return ()
        found = []
        for item in tree.items:
            try:
                found.append(self.line(item))
            except Reported:
                continue
        return tuple(found)

    def line(self, tree: Tree) -> Line:
        """Return one line: a word, or a mapping with one key."""
        if isinstance(tree, Scalar):
            if tree.null:
                raise self.log.add("CC304", "an empty line; 'none' is the layer that isn't there", tree.loc)
            return self.op_line(tree, None)
        if isinstance(tree, Seq):
            raise self.log.add("CC304", "a list stands where a layer is expected", tree.loc)
        if len(tree.items) != 1:
            hint = "indent the fields further than the op's name, or put them in { }"
            raise self.log.add("CC304", "a layer is a mapping with one key, its op", tree.loc, hint)
        (key,) = tree.items
        return self.op_line(tree.keys[key], tree.items[key])

    def op_line(self, op: Scalar, value: Tree | None) -> Line:
        """Return a line whose op and fields are known to exist."""
        op = self.known_op(op)
        if op.text == RESIDUAL:
            return self.residual(op, value)
        if op.text in BRANCHING:
            return self.branching(op, value)
        fields = self.fields_of(op, value)
        mine = {key: tree for key, tree in fields.items.items() if key not in COMMON}
        if not op.text.startswith("$"):
            mine = self.known_fields(op, fields, mine)
        return Line(op, Map(mine, fields.keys, fields.loc), self.common(fields))

    def known_op(self, op: Scalar) -> Scalar:
        """Return the op, or the one that was probably meant."""
        known = {*INDEX, *self.block_args, RESIDUAL, PROJECT, NONE}
        if op.text in known or op.text.startswith("$"):
            return op
        if op.text in _LATER:
            raise self.log.add("CC314", _LATER[op.text], op.loc)
        if isinstance(op, Scalar) and op.broken:
            raise Reported
        meant = closest(op.text, sorted(known))
        hint = did_you_mean(meant) or "'convcost ops' lists all ops"
        self.log.add("CC303", f"there is no op or block {op.text!r}", op.loc, hint)
        return Scalar(meant or UNKNOWN, op.loc)

    def fields_of(self, op: Scalar, value: Tree | None) -> Map:
        """Return a line's mapping of fields (empty for a plain word)."""
        if value is None or (isinstance(value, Scalar) and value.null):
            return Map({}, {}, op.loc)
        if isinstance(value, Map):
            return value
        first = self.first_field(op.text)
        hint = f"fields have names: {op.text}: {{{first}: …}}" if first else None
        self.log.add("CC304", f"{op.text} takes named fields, found {describe(value)}", value.loc, hint)
        return Map({}, {}, value.loc)

    def first_field(self, op: str) -> str | None:
        """Return the name of an op's first field, for a hint."""
        if op in INDEX:
            return next(iter(op_class(op).specs()), None)
        return next(iter(self.block_args.get(op, ())), None)

    def known_fields(self, op: Scalar, fields: Map, mine: dict[str, Tree]) -> dict[str, Tree]:
        """Report the fields an op does not have."""
        if op.text == UNKNOWN:
            return {}
        known = self.field_names(op.text)
        found: dict[str, Tree] = {}
        for key, value in mine.items():
            name = key if key in known else self.unknown_key(key, fields.keys[key], known, op.text)
            if name is not None and name not in found and (name == key or name not in mine):
                found[name] = value
                fields.keys.setdefault(name, fields.keys[key])
        return found

    def field_names(self, op: str) -> tuple[str, ...]:
        """Return what may stand on a line of this op or block, besides the common keys."""
        if op in self.block_args:
            return self.block_args[op]
        return op_fields(op) if op in INDEX else ()

    def common(self, fields: Map) -> dict[str, Tree]:
        """Return the keys every line may have."""
        found = {key: fields.items[key] for key in COMMON if key in fields.items}
        if "name" in found and self.name(found["name"]) is None:
            del found["name"]
        for key in ("first", "last"):
            if key in found and not isinstance(found[key], Map):
                message = f"{key}: is a mapping of arguments, found {describe(found[key])}"
                self.log.add("CC304", message, found.pop(key).loc)
            elif key in found and "repeat" not in found:
                self.log.add("CC304", f"{key}: needs a repeat: beside it", fields.keys[key].loc)
        return found

    # --- containers ----------------------------------------------------------------------

    def residual(self, op: Scalar, value: Tree | None) -> Line:
        """``residual: [layers]`` or ``residual: {body: [...], shortcut: ...}``."""
        if isinstance(value, Seq):
            return Line(op, Map({}, {}, op.loc), {}, body=self.lines(value, "a residual's body"))
        fields = self.mapping(value, "residual") or Map({}, {}, op.loc)
        known = self.known(fields, (*COMMON, "body", "shortcut", "inplace"), RESIDUAL)
        body = known.get("body")
        if body is None:
            raise self.log.add("CC305", "a residual needs a body:", op.loc, "residual: {body: [...]}")
        shortcut = known.get("shortcut")
        short: Scalar | tuple[Line, ...] | None
        short = self.lines(shortcut, "a shortcut") if isinstance(shortcut, Seq) else self.short(shortcut)
        rest = {key: known[key] for key in ("inplace",) if key in known}
        lines = self.lines(body, "a residual's body")
        return Line(op, Map(rest, fields.keys, fields.loc), self.common(fields), (), lines, short)

    def short(self, tree: Tree | None) -> Scalar | None:
        """Return a shortcut's word."""
        words = ("identity", PROJECT, "when_same")
        if tree is None or (isinstance(tree, Scalar) and (tree.text in words or tree.text.startswith("$"))):
            return tree if isinstance(tree, Scalar) else None
        meant = closest(tree.text, words) if isinstance(tree, Scalar) else None
        message = f"a shortcut is {', '.join(words)} or a list of layers, found {describe(tree)}"
        self.log.add("CC207", message, tree.loc, did_you_mean(meant))
        return Scalar(meant or PROJECT, tree.loc)

    def branching(self, op: Scalar, value: Tree | None) -> Line:
        """``concat: {b1: [...], b3: [...]}``, ``concat: [[...], [...]]`` or ``{from: [a, b]}``."""
        if isinstance(value, Seq):
            branches = tuple(
                (str(number), self.lines(item, f"branch {number}")) for number, item in enumerate(value.items)
            )
            return Line(op, Map({}, {}, op.loc), {}, branches)
        fields = self.mapping(value, op.text) or Map({}, {}, op.loc)
        names = op_fields(op.text)
        mine = {key: tree for key, tree in fields.items.items() if key in names}
        rest = {k: t for k, t in fields.items.items() if k not in names and k not in COMMON}
        branches = tuple(self.branch(op, key, fields.keys[key], tree) for key, tree in rest.items())
        if not branches and "from" not in fields.items:
            message = f"{op.text} needs branches, or from: with the names of what it joins"
            self.log.add("CC305", message, op.loc)
        return Line(op, Map(mine, fields.keys, fields.loc), self.common(fields), branches)

    def branch(self, op: Scalar, key: str, at: Scalar, tree: Tree) -> tuple[str, tuple[Line, ...]]:
        """Return one named branch."""
        self.check_name(key, at.loc)
        if not isinstance(tree, Seq) and not (isinstance(tree, Scalar) and tree.broken):
            known = (*COMMON, *op_fields(op.text))
            hint = suggest(key, known) or "[] is the tensor itself"
            message = f"{key!r} is neither a field of {op.text} nor a branch (a list of layers)"
            self.log.add("CC302", message, at.loc, hint)
            return key, ()
        return key, self.lines(tree, f"branch {key}")


def op_fields(op: str) -> tuple[str, ...]:
    """Return the names an op's line may give: its fields, norm and act, like."""
    cls = op_class(op)
    extra = (("norm", "act") if cls.TAKES_NORM_ACT else ()) + (("like",) if cls.LIKE else ())
    return (*cls.specs(), *extra)


def _nested(tree: Tree | None) -> bool:
    return isinstance(tree, Seq) and any(isinstance(item, Seq | Map) for item in tree.items)
