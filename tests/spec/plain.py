"""A spec's text as plain data, the way an editor's YAML sees it: keys are text, values are JSON's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcost.spec.log import Log
from convcost.spec.read import decode, read
from convcost.spec.tree import Map, Scalar

if TYPE_CHECKING:
    from convcost.spec.tree import Tree

_INTEGER = re.compile(r"[-+]?\d+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\d+\.\d*|\.\d+)([eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+", re.ASCII)
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


def plain(text: str) -> Any:
    """Return the data of a YAML text, scalars resolved as YAML 1.2's core schema does."""
    return _plain(read(decode(text.encode(), "plain"), Log()))


def _plain(tree: Tree) -> Any:
    if isinstance(tree, Map):
        return {key: _plain(value) for key, value in tree.items.items()}
    if isinstance(tree, Scalar):
        return tree.text if tree.quoted else _resolved(tree.text)
    return [_plain(item) for item in tree.items]


def _resolved(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
