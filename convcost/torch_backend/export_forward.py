"""The ``forward`` of a class: which variable holds which tensor, and one line per item."""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING

from convcost.torch_backend.export_classes import identifier
from convcost.torch_backend.export_text import Group, Part, statement
from convcost.torch_backend.export_tree import Leaf

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcost.torch_backend.export_calls import Value
    from convcost.torch_backend.export_text import Doc
    from convcost.torch_backend.export_tree import Level

SHORT = ("x", "y", "z", "u", "v", "w")
_NOT_OURS = frozenset({"F", "attention", "nn", "self", "torch"})
_CAT = "torch.cat("


class Forward:
    """Writes the body of one ``forward``. A tensor's variable is used again once nobody reads it."""

    def __init__(self, level: Level, said: Callable[[str, str, Value], str]) -> None:
        self.level = level
        self.said = said
        self.last = {name: i for i, item in enumerate(level.items) for name in item.reads}
        self.last.update(dict.fromkeys(level.gives, len(level.items)))
        self.held: dict[str, str] = {}
        several = not level.path and len(level.reads) > 1
        for name in level.reads:
            self.held[name] = self._new(identifier(name)) if several else self._short(name)
        self.arguments = tuple(self.held.values())

    def lines(self, indent: str) -> list[str]:
        """Return the statements, the last of which returns what the level gives."""
        lines: list[str] = []
        for index in range(len(self.level.items)):
            lines += self._item(index, indent)
        gives = self.level.gives
        if len(gives) > 1 or not self._returns_at_once(len(self.level.items) - 1):
            results = ", ".join(self.held[name] for name in gives)
            lines.append(f"{indent}return {results}")
        return lines

    def _returns_at_once(self, index: int) -> bool:
        item = self.level.items[index]
        return (
            index == len(self.level.items) - 1
            and item.gives == self.level.gives
            and len(item.gives) == 1
            and not (isinstance(item, Leaf) and item.written.inplace)
        )

    def _item(self, index: int, indent: str) -> list[str]:
        item = self.level.items[index]
        arguments = [self.held[name] for name in item.reads]
        if self._returns_at_once(index):
            return statement("return ", self._expression(item, arguments), "", indent)
        for name in [name for name in self.held if self.last.get(name, -1) <= index]:
            if name not in item.reads:
                del self.held[name]
        dead = [self.held[name] for name in dict.fromkeys(item.reads) if self.last[name] <= index]
        for name in [name for name in item.reads if self.last[name] <= index]:
            self.held.pop(name, None)
        targets = [self._target(index, name, dead) for name in item.gives]
        if isinstance(item, Leaf) and item.written.inplace and targets[0] == arguments[0]:
            return [f"{indent}{targets[0]} {item.written.inplace} {other}" for other in arguments[1:]]
        before = ", ".join(targets) + " = "
        return statement(before, self._expression(item, arguments), "", indent)

    def _target(self, index: int, name: str, dead: list[str]) -> str:
        """Return the variable for a tensor: its own if it is read apart, else one whose tensor has died."""
        item = self.level.items[index]
        key = identifier(item.key)
        short = [word for word in dead if word in SHORT]
        if self._stands_apart(name) and key not in SHORT and not _is_cat(item):
            variable = self._new(key)
        elif short or (dead and not _is_cat(item)):
            variable = (short or dead)[0]
            dead.remove(variable)
        else:
            variable = self._short(name)
        self.held[name] = variable
        return variable

    def _stands_apart(self, name: str) -> bool:
        """Whether a tensor is read more than once, or side by side with others."""
        readers = [item for item in self.level.items if name in item.reads]
        return len(readers) > 1 or any(_is_cat(item) for item in readers)

    def _short(self, name: str) -> str:
        free = (word for word in SHORT if word not in self.held.values())
        return next(free, None) or self._new(identifier(name.rpartition(".")[2]))

    def _new(self, word: str) -> str:
        while iskeyword(word) or word in _NOT_OURS or word in self.held.values():
            word += "_"
        return word

    def _expression(self, item: Leaf | Level, arguments: list[str]) -> Doc:
        if not isinstance(item, Leaf):
            return f"{attribute(item.twin or item.key)}({', '.join(arguments)})"
        if item.written.pattern.startswith(_CAT):
            parts = tuple(Part("", argument) for argument in arguments)
            return Group(_CAT, (Part("", Group("[", parts, "]")), Part("dim=", "1")), ")")
        pattern = item.written.pattern
        values = {name: self.said(item.key, name, value) for name, value in item.written.values}
        if any(text.startswith("self.") for text in values.values()):
            pattern = pattern.replace("}:{", "} : {")
        return pattern.format(*arguments, m=attribute(item.twin or item.key), **values)


def _is_cat(item: Leaf | Level) -> bool:
    return isinstance(item, Leaf) and item.written.pattern.startswith(_CAT)


def attribute(key: str) -> str:
    """Return how a submodule is reached: ``self.conv1``, or by its name where Python has no such."""
    return f"self.{key}" if is_attribute(key) else f'self.get_submodule("{key}")'


def is_attribute(key: str) -> bool:
    """Return whether a submodule can be assigned as an attribute."""
    return key.isidentifier() and key.isascii() and not iskeyword(key)
