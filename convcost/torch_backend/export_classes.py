"""Levels that are built alike become one class; where they differ, it takes parameters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from convcost.torch_backend.export_tree import Leaf, Level
from convcost.torch_backend.export_written import NEEDED, Arg, Construct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from convcost.torch_backend.export_written import Value

Path = tuple[str, ...]
Slots = dict[Path, "Slot"]
"""The values of a level by where they stand: (item, argument), or deeper in a Sequential."""


class Slot(NamedTuple):
    """A value that may differ between levels built alike, and the default it has where it stands."""

    value: Value
    default: Value


class Parameter(NamedTuple):
    """A constructor's parameter: its name, the slots it fills, and its default or NEEDED."""

    name: str
    slots: tuple[Path, ...]
    default: Value
    annotation: str


@dataclass(slots=True)
class Class:
    """A class to be written: ``model`` is one of the levels it stands for, ``paths`` all."""

    name: str
    model: Level
    paths: tuple[str, ...]
    parameters: tuple[Parameter, ...]

    @property
    def is_sequential(self) -> bool:
        """Whether it is an ``nn.Sequential``, with no ``forward`` of its own.

        The whole network has one where Sequentials in it would hold their inputs.
        """
        return self.model.is_chain and not (self.model.is_nested and not self.model.path)

    def names(self) -> dict[Path, str]:
        """Return the parameter that fills each slot that has one."""
        return {slot: parameter.name for parameter in self.parameters for slot in parameter.slots}


def constructs(root: Level) -> Iterator[Construct]:
    """Yield how each layer's module is made, of the layers that have one."""
    for level in _levels(root):
        for item in level.items:
            if isinstance(item, Leaf) and item.written.module:
                yield item.written.module


def plan(root: Level, name: str, taken: set[str]) -> list[Class]:
    """Return the classes of a network, those used by others first; levels' ``made`` is set.

    ``name`` is the network's own, ``taken`` are names of other classes in the same file.
    A level's ``made`` is the Construct that makes it, or None where it is written out as a
    Sequential at its place.
    """
    planner = _Planner(root, f"{name}Network" if name in taken else name, taken)
    for height in range(root.height + 1):
        planner.take([level for level in _levels(root) if level.height == height])
    return planner.classes


def _levels(level: Level) -> Iterator[Level]:
    yield level
    for item in level.items:
        if isinstance(item, Level):
            yield from _levels(item)


class _Planner:
    def __init__(self, root: Level, name: str, taken: set[str]) -> None:
        self.root = root
        self.classes: list[Class] = []
        self.taken = {"OrderedDict", "Tensor", name, *taken}
        self.name = name
        self.parents = {
            inner.path: level for level in _levels(root) for inner in level.items if isinstance(inner, Level)
        }

    def take(self, levels: list[Level]) -> None:
        """Decide about all levels of one height; those below have been decided."""
        alike: dict[object, list[Level]] = {}
        for level in levels:
            alike.setdefault(_form(level), []).append(level)
        for group in alike.values():
            if group[0] is self.root or not self._inline(group):
                self._define(group)

    def _inline(self, group: list[Level]) -> bool:
        """Whether these levels are written where they stand: Sequentials, in one place or of classes."""
        first = group[0]
        if not first.is_chain:
            return False
        if first.is_numbered or len(group) == 1:
            return True
        parents = [self.parents[level.path] for level in group]
        around = {tuple(item.key for item in parent.items) for parent in parents}
        once = len(around) == 1 and not any(parent.is_chain for parent in parents)
        return once and any(isinstance(item, Level) for item in first.items)

    def _define(self, group: list[Level]) -> None:
        every = [slots(level) for level in group]
        parameters = _parameters(group[0], every)
        name = self.name if group[0] is self.root else self._free(_title(group), group[0])
        self.classes.append(Class(name, group[0], tuple(level.path for level in group), parameters))
        for level, values in zip(group, every, strict=True):
            args = [Arg(p.name, values[p.slots[0]].value, p.default) for p in parameters]
            level.made = Construct(name, tuple(args))

    def _free(self, name: str, level: Level) -> str:
        """Return a name no class has: told apart by what the level has besides, or by a number."""
        if name in self.taken:
            other = next((c.model for c in self.classes if c.name == name), None)
            keys = {item.key for item in other.items} if other else set()
            extra = next((item.key for item in level.items if keys and item.key not in keys), "")
            with_extra = f"{name}With{_camel(extra)}" if _camel(extra) else name
            number = 2
            name = with_extra
            while name in self.taken:
                name = f"{with_extra}{number}"
                number += 1
        self.taken.add(name)
        return name


def _form(level: Level) -> object:
    """Return what two levels must share to be one class: everything but the values of slots."""
    places: dict[str, object] = {name: index for index, name in enumerate(level.reads)}
    items = []
    for index, item in enumerate(level.items):
        items.append((item.key, item.twin, _form_of(item), tuple(places[name] for name in item.reads)))
        places.update({name: (index, i) for i, name in enumerate(item.gives)})
    return (tuple(items), tuple(places[name] for name in level.gives))


def _form_of(item: Leaf | Level) -> object:
    if isinstance(item, Level):
        made = item.made
        return made.target if isinstance(made, Construct) else ("Sequential", _form(item))
    written = item.written
    module = written.module
    of_module = (module.target, tuple(arg.name for arg in module.args)) if module else None
    return (of_module, written.pattern, tuple(name for name, _ in written.values), written.inplace)


def slots(level: Level, before: Path = ()) -> Slots:
    """Return all values in a level by their paths, in the order in which they are written."""
    found: Slots = {}
    for item in level.items:
        if item.twin is not None:
            continue
        path = (*before, item.key)
        made = item.made if isinstance(item, Level) else item.written.module
        if isinstance(made, Construct):
            found.update({(*path, arg.name): Slot(arg.value, arg.default) for arg in made.args})
        elif isinstance(item, Level):
            found.update(slots(item, path))
        if isinstance(item, Leaf):
            found.update({(*path, name): Slot(value, NEEDED) for name, value in item.written.values})
    return found


def _parameters(level: Level, every: list[Slots]) -> tuple[Parameter, ...]:
    """Return a parameter for all slots whose values change together; needed ones first."""
    together: dict[tuple[tuple[type, Value], ...], list[Path]] = {}
    for path in every[0]:
        values = tuple(_exact(found[path].value) for found in every)
        if len(set(values)) > 1:
            together.setdefault(values, []).append(path)
    names = _names(level, list(together.values()))
    found = [
        Parameter(name, tuple(paths), _default(every[0][paths[0]].default, values), _annotation(values))
        for name, (values, paths) in zip(names, together.items(), strict=True)
    ]
    found.sort(key=lambda p: (p.default != NEEDED, _FIRST.get(p.name, len(_FIRST))))
    return tuple(found)


_FIRST = {
    "in_channels": 0,
    "channels": 0,
    "in_features": 0,
    "features": 0,
    "out_channels": 1,
    "out_features": 1,
}


def _exact(value: Value) -> tuple[type, Value]:
    return (type(value), value)  # True is no 1, and 1 no 1.0


def _default(inner: Value, values: tuple[tuple[type, Value], ...]) -> Value:
    """Return the default a parameter gets: the one its first slot has, if any instance uses it."""
    return inner if _exact(inner) in values and inner != NEEDED else NEEDED


def _annotation(values: tuple[tuple[type, Value], ...]) -> str:
    words = {tuple: "tuple[int, ...]", type(None): "None"}
    kinds = dict.fromkeys(words.get(kind, kind.__name__) for kind, _ in values)
    return " | ".join(sorted(kinds, key=lambda word: (word == "None", word)))


_ENTERING = ("in_channels", "in_features", "num_features", "num_channels", "normalized_shape", "channels")
_LEAVING = ("out_channels", "out_features")


def _names(level: Level, groups: list[list[Path]]) -> list[str]:
    """Return a name for every parameter: by what enters, by what leaves, by its argument."""
    words: Counter[str] = Counter(word for paths in groups for word in {path[-1] for path in paths})
    taken = {item.key for item in level.items}
    names = []
    for paths in groups:
        wanted = _sizes(level, paths) or _setting(paths, words)
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}{number}", number + 1
        taken.add(name)
        names.append(name)
    return names


def _sizes(level: Level, paths: list[Path]) -> str | None:
    """Return the name of a size that enters the level or leaves it."""
    unit = "features" if any("feature" in path[-1] for path in paths) and len(paths) == 1 else "channels"
    enters = any(path[-1] in _ENTERING and path[:-1] in _first_items(level) for path in paths)
    leaves = any(path[-1] in _LEAVING and path[:-1] in _last_items(level) for path in paths)
    if enters and leaves and len(level.items) > 1:
        return unit
    if enters:
        return f"in_{unit}"
    return f"out_{unit}" if leaves else None


def _first_items(level: Level) -> set[Path]:
    """Return the items that read what enters, those of a Sequential within with their path."""
    entering = [item for item in level.items if level.reads[0] in item.reads]
    return {path for item in entering for path in _within(item, _first_items)}


def _last_items(level: Level) -> set[Path]:
    """Return the items that give what leaves, likewise."""
    leaving = [item for item in level.items if set(item.gives) & set(level.gives)]
    return {path for item in leaving for path in _within(item, _last_items)}


def _within(item: Leaf | Level, those: Callable[[Level], set[Path]]) -> set[Path]:
    if isinstance(item, Level) and item.made is None:
        return {(item.key, *path) for path in those(item)}
    return {(item.key,)}


def _setting(paths: list[Path], words: Counter[str]) -> str:
    *items, word = paths[0]
    if words[word] == 1:
        return word
    for long, short in (
        ("out_channels", "channels"),
        ("in_channels", "channels"),
        ("num_features", "channels"),
    ):
        word = short if word == long else word
    return identifier("_".join([*items, word]))


def _title(group: list[Level]) -> str:
    """Return a class's name: what its layers are, if they are few and in a row, else what levels are called."""
    level = group[0]
    leaves = [item.written.module for item in level.items if isinstance(item, Leaf)]
    if level.is_chain and 1 < len(leaves) == len(level.items) <= _MOST_IN_TITLE:
        return "".join(_short(module.target) for module in leaves if module)
    words: Counter[str] = Counter(_word(one) for one in group)
    return words.most_common(1)[0][0]


_MOST_IN_TITLE = 4


def _short(target: str) -> str:
    word = target.rpartition(".")[2]
    for dims in ("1d", "2d", "3d"):
        word = word.removesuffix(dims)
    return word


def _word(level: Level) -> str:
    parts = level.path.split(".")
    numbered = parts[-1].isdigit()
    named = [part for part in parts if not part.isdigit()]
    word = _camel(named[-1].rstrip("0123456789")) if named else ""
    if len(word) < 2 or not word[0].isalpha():  # noqa: PLR2004  # "3a" says nothing
        return "Block"
    return word if not numbered or word.endswith("Block") else word + "Block"


def _camel(text: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in text).split()
    joined = "".join(word[0].upper() + word[1:] for word in words)
    return joined if joined and joined[0].isalpha() and joined.isascii() else ""


def title(name: str) -> str:
    """Return a class name for a network's."""
    return _camel(name) or "GraphModule"


def identifier(text: str) -> str:
    """Return a name Python takes, as near as may be."""
    word = "".join(c if c.isalnum() and c.isascii() else "_" for c in text)
    return f"n{word}" if word[:1].isdigit() else word
