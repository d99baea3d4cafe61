"""A :class:`Tree` to a document: its head, vars, variants, blocks and lines, all keys checked.

Nothing is evaluated here. Where a mistake has an obvious remedy ("did you mean"), it is
reported and the remedy taken, so that what follows is judged as if it were right.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcost.ops import INDEX
from convcost.spec.arithmetic import FUNCTIONS
from convcost.spec.expressions import RESERVED
from convcost.spec.lines import LineParser
from convcost.spec.syntax import COMMON, HEAD, NONE, PROJECT, RESIDUAL, VERSION, Block, Document
from convcost.spec.tree import Map, Scalar, Seq, describe

if TYPE_CHECKING:
    from convcost.errors import Loc
    from convcost.spec.log import Log
    from convcost.spec.tree import Tree

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def parse_document(tree: Tree, log: Log) -> Document:
    """Return a spec's document; every mistake of form is in the log.

    Raises SpecError where there is no document to speak of.
    """
    if not isinstance(tree, Map):
        hint = "a spec begins with 'convcost: 1'"
        log.add("CC304", f"a spec must be a mapping, found {describe(tree)}", tree.loc, hint)
        raise log.error()
    return _Parser(log).document(tree)


class _Parser(LineParser):
    """Reads the head, then the blocks, then the lines."""

    def document(self, tree: Map) -> Document:
        """Return the whole."""
        top = self.known(tree, HEAD, "a spec")
        document = Document(tree.loc.source, tree.loc)
        self.version(top, tree)
        document.name = self.given_name(top.get("name"), tree)
        document.input = self.inputs(top, tree)
        document.vars = self.variables(top.get("vars"), "vars", ("budget",))
        document.variants = self.variants(top.get("variants"), document.vars)
        document.blocks = self.blocks(top.get("blocks"))
        layers = self.required(top, "layers", tree, "a list of layers")
        document.lines = self.lines(layers, "layers") if layers else ()
        document.outputs = self.names(top.get("outputs"))
        document.budget = self.mapping(top.get("budget"), "budget")
        return document

    def version(self, top: dict[str, Tree], tree: Map) -> None:
        """Check ``convcost: 1``."""
        given = self.required(top, "convcost", tree, "the version of the language: convcost: 1")
        if given and not (isinstance(given, Scalar) and given.text == VERSION):
            message = f"the version of the language must be {VERSION}, found {describe(given)}"
            self.log.add("CC301", message, given.loc, "a newer convcost may be able to read it")

    def required(self, top: dict[str, Tree], key: str, tree: Map, what: str) -> Tree | None:
        """Return what stands under a key that must be there."""
        given = top.get(key)
        if given is None or (isinstance(given, Scalar) and given.null):
            self.log.add("CC301", f"{key}: is missing ({what})", tree.loc)
            return None
        return given

    def inputs(self, top: dict[str, Tree], tree: Map) -> Tree | None:
        """Return the one shape of ``input:``, or the mapping of ``inputs:``."""
        several = top.get("inputs")
        if several is None:
            given = self.required(top, "input", tree, "channels and sizes, as in [3, 224, 224]")
            if not isinstance(given, Map):
                return given
            hint = "several inputs: inputs: {left: [3, 64, 64], right: [3, 64, 64]}"
            self.log.add("CC304", "input: is one shape, found a mapping", given.loc, hint)
            return None
        if "input" in top:
            self.log.add("CC302", "a spec has input: or inputs:, not both", several.loc)
        named = self.mapping(several, "inputs")
        for key in named.keys.values() if named else ():
            if "." in key.text:
                self.log.add("CC306", f"{key.text[:60]!r}: the name of an input has no dots", key.loc)
            else:
                self.check_name(key.text, key.loc)
        if named is not None and not named.items:
            self.log.add("CC301", "inputs: is empty", several.loc)
        return named

    def given_name(self, given: Tree | None, tree: Map) -> str:
        """Return the network's name; a spec needs one."""
        if given is None:
            self.log.add("CC301", "name: is missing (what the network is called)", tree.loc)
        return self.name(given) or "network"

    def variables(self, tree: Tree | None, what: str, taken: tuple[str, ...]) -> dict[str, Tree]:
        """Return vars or args; their names must be free, and none of those ``taken``."""
        mapping = self.mapping(tree, what)
        if mapping is None:
            return {}
        for key, at in mapping.keys.items():
            if key in RESERVED or key in FUNCTIONS or key in taken or key.startswith("in_"):
                self.log.add("CC306", f"{key!r} is reserved and cannot be one of {what}", at.loc)
            elif not _VARIABLE.fullmatch(key):
                hint = "use letters, digits and _, with no digit first"
                self.log.add("CC306", f"{key!r} cannot be used in expressions", at.loc, hint)
        for value in mapping.items.values():
            self.literals.value(value)
        return mapping.items

    def variants(self, tree: Tree | None, variables: dict[str, Tree]) -> dict[str, dict[str, Tree]]:
        """Return each variant's overrides: of vars, inputs and budget."""
        mapping = self.mapping(tree, "variants")
        found: dict[str, dict[str, Tree]] = {}
        for key, value in mapping.items.items() if mapping else ():
            inner = self.mapping(value, f"variant {key}")
            self.check_name(key, mapping.keys[key].loc if mapping else value.loc)
            allowed = (*variables, "input", "inputs", "budget")
            found[key] = self.known(inner, allowed, f"variant {key}") if inner else {}
            for name, override in found[key].items():
                if name in {"budget", "inputs"}:
                    self.mapping(override, name)
                else:
                    self.literals.value(override)
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
        args = self.variables(top.get("args"), f"the args of {name}", COMMON)
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
            self.log.add("CC304", "outputs: must be a list of names", tree.loc)
        return tuple(good)
