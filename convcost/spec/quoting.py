"""Values as YAML inside brackets: text quoted where YAML could read something else, numbers exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.spec.tree import Scalar, Seq

if TYPE_CHECKING:
    from convcost.spec.tree import Tree

_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "none"})
_PLAIN = frozenset("_+-./")
_ENDING = frozenset(",[]{}#:'\"")


def quoted(text: str) -> str:
    """Return a name or path, quoted where YAML could read a number, a flag or punctuation."""
    letters = "".join(character for character in text if character not in _PLAIN)
    plain = letters.isalnum() and text[:1].isalnum() and text.isascii()
    number = text.replace(".", "").replace("_", "").isdigit()
    return text if plain and not number and text.lower() not in _WORDS else in_quotes(text)


def in_quotes(text: str) -> str:
    """Return a text in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def flow(tree: Tree) -> str:
    """Return a value as it may be written inside brackets, and means the same."""
    if isinstance(tree, Scalar):
        bare = not tree.quoted and _ENDING.isdisjoint(tree.text)
        return (tree.text or "~") if bare else in_quotes(tree.text)
    if isinstance(tree, Seq):
        return "[" + ", ".join(map(flow, tree.items)) + "]"
    return (
        "{" + ", ".join(f"{flow(tree.keys[key])}: {flow(value)}" for key, value in tree.items.items()) + "}"
    )
