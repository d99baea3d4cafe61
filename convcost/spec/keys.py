"""The checks that all parts of a spec share: known keys, names, mappings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcost.spec.syntax import COMMON
from convcost.spec.tree import Map, Scalar, describe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.errors import Loc
    from convcost.spec.log import Log
    from convcost.spec.tree import Tree

LONGEST_NAME = 200  # one that still fits a table

_NAME = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*", re.ASCII)


class Keys:
    """Reports unknown keys and bad names; where a remedy is obvious, goes on as if it had been taken."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def known(self, tree: Map, known: Iterable[str], owner: str) -> dict[str, Tree]:
        """Return a mapping's values with unknown keys reported (and read as what was meant)."""
        return self.known_map(tree, known, owner).items

    def known_map(self, tree: Map, known: Iterable[str], owner: str) -> Map:
        """Return the mapping with unknown keys reported (and read as what was meant)."""
        names = tuple(known)
        found: dict[str, Tree] = {}
        keys = dict(tree.keys)
        for key, value in tree.items.items():
            name = key if key in names else self.unknown_key(key, tree.keys[key], names, owner)
            if name is not None and name not in found and (name == key or name not in tree.items):
                found[name] = value
                keys.setdefault(name, tree.keys[key])
        return Map(found, keys, tree.loc)

    def unknown_key(self, key: str, at: Scalar, known: tuple[str, ...], owner: str) -> str | None:
        """Report a key; return the one that was probably meant."""
        from convcost.spec.synonyms import field_hint, field_meant

        line = set(COMMON) <= set(known)
        own = [name for name in known if not (line and name in COMMON)]
        listed = f"it has {', '.join(own) or 'no fields of its own'}"
        self.log.add("CC302", f"{owner} has no {key!r}", at.loc, field_hint(key, known) or listed)
        return field_meant(key, known)

    def mapping(self, tree: Tree | None, what: str) -> Map | None:
        """Return a mapping, None for nothing; anything else is reported."""
        if isinstance(tree, Map) or tree is None or (isinstance(tree, Scalar) and tree.null):
            return tree if isinstance(tree, Map) else None
        self.log.add("CC304", f"{what} must be a mapping, found {describe(tree)}", tree.loc)
        return None

    def name(self, tree: Tree | None) -> str | None:
        """Return a given name, checked."""
        if tree is None:
            return None
        if not isinstance(tree, Scalar) or tree.null:
            self.log.add("CC306", f"a name must be a word, found {describe(tree)}", tree.loc)
            return None
        if tree.broken:
            return None
        return tree.text if self.check_name(tree.text, tree.loc) else None

    def check_name(self, text: str, loc: Loc) -> bool:
        """Whether a name has only the characters names may have."""
        if _NAME.fullmatch(text) and len(text) <= LONGEST_NAME:
            return True
        hint = "use letters, digits, _, + and -; dots separate levels"
        if len(text) > LONGEST_NAME:
            hint = f"a name has at most {LONGEST_NAME} characters"
        self.log.add("CC306", f"{text[:60]!r} cannot be a name", loc, hint)
        return False
