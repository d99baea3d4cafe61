"""The ``forward`` of a class: which variable holds which tensor, and one line per item."""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING

from convcost.torch_backend.export_classes import identifier
from convcost.torch_backend.export_text import STEP, Group, Part, statement
from convcost.torch_backend.export_tree import Leaf, Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcost.torch_backend.export_text import Doc
    from convcost.torch_backend.export_written import Value

SHORT = ("x", "y", "z", "u", "v", "w")
_NOT_OURS = frozenset({"F", "attention", "block", "layer", "nn", "part", "self", "stage", "torch"})
_CAT = "torch.cat("


class Forward:
    """Writes the body of one ``forward``, which frees tensors as :class:`GraphModule` does.

    A tensor's variable is used again once nobody reads it, or deleted. A call holds its arguments
    until it returns, so a Sequential is run layer by layer where what it reads dies in it, and
    where there are Sequentials in it.
    """

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
            and not self._in_steps(item)
        )

    def _in_steps(self, item: Leaf | Level) -> bool:
        """Whether an item takes several statements, so that its steps free their inputs."""
        if isinstance(item, Leaf):
            return bool(item.written.inplace) or (len(item.reads) > 2 and bool(item.written.then))  # noqa: PLR2004  # a + b
        frees = self._ends_with(item, item.reads[0]) and len(item.items) > 1
        return item.is_chain and (frees or item.is_nested)

    def _ends_with(self, item: Leaf | Level, name: str) -> bool:
        """Whether a tensor that was made here dies with this item."""
        return name not in self.level.reads and self.level.items[self.last[name]] is item

    def _item(self, index: int, indent: str) -> list[str]:
        item = self.level.items[index]
        arguments = [self.held[name] for name in item.reads]
        if self._returns_at_once(index):
            return statement("return ", self._expression(item, arguments), "", indent)
        for name in [name for name in self.held if self.last.get(name, -1) <= index]:
            if name not in item.reads:
                del self.held[name]
        ending = [name for name in dict.fromkeys(item.reads) if self.last[name] <= index]
        owned = [self.held[name] for name in ending if name not in self.level.reads]
        targets = self._targets(index, arguments, ending)
        left = [word for word in owned if word not in targets]
        more = [f"{indent}del {', '.join(left)}"] if left and index < len(self.level.items) - 1 else []
        return self._statements(item, targets, arguments, indent) + more

    def _targets(self, index: int, arguments: list[str], ending: list[str]) -> list[str]:
        """Return the variables for what an item gives; those of the tensors that end with it are free."""
        item = self.level.items[index]
        dead = [self.held[name] for name in ending]
        in_steps = self._in_steps(item)
        if in_steps and arguments[0] in dead and (isinstance(item, Level) or item.written.inplace):
            targets = [arguments[0]]
        elif in_steps:  # an input of a later step keeps its variable until then
            targets = [self._target(index, name, []) for name in item.gives]
        else:
            targets = []
        for name in ending:
            del self.held[name]
        targets = targets or [self._target(index, name, dead) for name in item.gives]
        self.held.update(zip(item.gives, targets, strict=True))
        return targets

    def _statements(
        self, item: Leaf | Level, targets: list[str], arguments: list[str], indent: str
    ) -> list[str]:
        if isinstance(item, Level) and self._in_steps(item):
            return _run_through(attribute(item.twin or item.key), item, targets[0], arguments[0], indent)
        steps = item.written.inplace or item.written.then if isinstance(item, Leaf) else ""
        if isinstance(item, Leaf) and item.written.inplace and targets[0] == arguments[0]:
            return [f"{indent}{targets[0]} {steps} {other}" for other in arguments[1:]]
        others = arguments[2:] if steps else []
        doc = self._expression(item, arguments[:2] if others else arguments)
        lines = statement(", ".join(targets) + " = ", doc, "", indent)
        return lines + [f"{indent}{targets[0]} {steps} {other}" for other in others]

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
            dim = item.written.pattern.rpartition("dim=")[2].rstrip(")")
            return Group(_CAT, (Part("", Group("[", parts, "]")), Part("dim=", dim)), ")")
        pattern = item.written.pattern
        if item.written.then:
            pattern = f" {item.written.then[0]} ".join(f"{{{place}}}" for place in range(len(arguments)))
        values = {name: self.said(item.key, name, value) for name, value in item.written.values}
        if any(text.startswith("self.") for text in values.values()):
            for tight, spaced in (("}:{", "} : {"), ("}:]", "} :]"), (", :{", ", : {")):
                pattern = pattern.replace(tight, spaced)
        return pattern.format(*arguments, m=attribute(item.twin or item.key), **values)


def _run_through(path: str, chain: Level, target: str, source: str, indent: str) -> list[str]:
    """Return loops that run a Sequential on ``source`` layer by layer, those within it too."""
    if _is_even(chain):
        start = [] if target == source else [f"{indent}{target} = {source}"]
        words = [*_LOOPS[-_depth(chain) :]] if _depth(chain) <= len(_LOOPS) else []
        if words:
            over = [path, *words[:-1]]
            pairs = enumerate(zip(words, over, strict=True))
            loops = [f"{indent}{STEP * level}for {word} in {what}:" for level, (word, what) in pairs]
            return [*start, *loops, f"{indent}{STEP * len(words)}{target} = layer({target})"]
    lines: list[str] = []
    for place, item in enumerate(chain.items):
        by_place = chain.is_numbered or not is_attribute(item.key)
        inner = f"{path}[{place}]" if by_place else f"{path}.{item.key}"
        read = target if lines else source
        if isinstance(item, Level) and item.is_chain:
            lines += _run_through(inner, item, target, read, indent)
        else:
            lines.append(f"{indent}{target} = {inner}({read})")
    return lines


_LOOPS = ("stage", "block", "part", "layer")
"""What the items of Sequentials inside one another are called."""


def _depth(item: Leaf | Level) -> int:
    """Return how many Sequentials are inside one another; 0 for what is none."""
    return 1 + _depth(item.items[0]) if isinstance(item, Level) and item.is_chain else 0


def _is_even(item: Leaf | Level) -> bool:
    """Whether all items of a Sequential hold as many inside one another."""
    if not (isinstance(item, Level) and item.is_chain):
        return True
    return len({_depth(inner) for inner in item.items}) == 1 and all(map(_is_even, item.items))


def _is_cat(item: Leaf | Level) -> bool:
    return isinstance(item, Leaf) and item.written.pattern.startswith(_CAT)


def attribute(key: str) -> str:
    """Return how a submodule is reached: ``self.conv1``, or by its name where Python has no such."""
    return f"self.{key}" if is_attribute(key) else f'self.get_submodule("{key}")'


def is_attribute(key: str) -> bool:
    """Return whether a submodule can be assigned as an attribute."""
    return key.isidentifier() and key.isascii() and not iskeyword(key)
