"""A graph as levels of names: what becomes a class, a Sequential, or a line of ``forward``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from torch import nn

from convcost.engine.storages import last_reads
from convcost.errors import Diagnostic, UsageError
from convcost.torch_backend.export_calls import written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.ir import Graph
    from convcost.torch_backend.export_written import Written
    from convcost.torch_backend.graph_module import GraphModule


class Leaf(NamedTuple):
    """A layer: its key in its level, how it is written, the tensors it reads and gives.

    ``shares`` is the layer whose weights it uses, ``twin`` the key of the item beside it that is
    called in its place.
    """

    key: str
    written: Written
    reads: tuple[str, ...]
    gives: tuple[str, ...]
    shares: str | None = None
    twin: str | None = None


@dataclass(slots=True)
class Level:
    """Layers with one dotted prefix, ``path``; ``reads`` and ``gives`` cross its border.

    ``twin`` is the key of the level beside it that is called in its place.
    """

    key: str
    path: str
    items: list[Leaf | Level]
    reads: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    twin: str | None = None
    made: object = field(default=None)

    @property
    def height(self) -> int:
        """How many levels are inside, at most."""
        return max((item.height + 1 for item in self.items if isinstance(item, Level)), default=0)

    @property
    def is_chain(self) -> bool:
        """Whether an ``nn.Sequential`` says it all: each item a module on what the one before gave."""
        before = self.reads
        for item in self.items:
            if item.reads != before or len(item.reads) != 1 or len(item.gives) != 1:
                return False
            if item.twin or (isinstance(item, Leaf) and not item.written.plain):
                return False
            before = item.gives
        return before == self.gives and not any(item.key in _SEQUENTIALS_OWN for item in self.items)

    @property
    def is_nested(self) -> bool:
        """Whether a Sequential of several layers is in it, which would hold its input until it returns."""
        inner = [item for item in self.items if isinstance(item, Level) and item.is_chain]
        return any(len(item.items) > 1 or item.is_nested for item in inner)

    @property
    def is_numbered(self) -> bool:
        """Whether its items are called 0, 1, 2, ..."""
        return [item.key for item in self.items] == [str(i) for i in range(len(self.items))]


_SEQUENTIALS_OWN = frozenset(dir(nn.Sequential())) - frozenset(dir(nn.Module()))


def tree(graph: Graph, network: GraphModule) -> Level:
    """Return the whole network as one level; raises UsageError where a level is torn apart."""
    leaves = []
    place = {node.name: index for index, node in enumerate(graph.nodes)}
    last = last_reads(graph)
    for node in graph.layers:
        path = network.paths[node.name].split(".")
        reads = node.inputs
        if not reads:  # one of the network's own tensors: the one before it tells the batch
            reads = (graph.nodes[place[node.name] - 1].name,)
            last[reads[0]] = max(last[reads[0]], place[node.name])
        leaf = Leaf(path[-1], written(graph, node), reads, (node.name,), node.shares)
        leaves.append((path, leaf))
    root = _grouped("", leaves, 0)
    _find_twins(root)
    _connect(root, place, last)
    root.reads, root.gives = tuple(graph.inputs), graph.outputs
    return root


def _grouped(path: str, leaves: Sequence[tuple[list[str], Leaf]], depth: int) -> Level:
    items: list[Leaf | Level] = []
    start = 0
    while start < len(leaves):
        names, leaf = leaves[start]
        end = start + 1
        if len(names) == depth + 1:
            items.append(leaf)
        else:
            while end < len(leaves) and leaves[end][0][: depth + 1] == names[: depth + 1]:
                end += 1
            inner = _grouped(".".join(names[: depth + 1]), leaves[start:end], depth + 1)
            items += [inner] if _has_modules(inner) else inner.items
        start = end
    return Level(path.rpartition(".")[2], path, _once(path, items))


def _find_twins(level: Level) -> None:
    """Say which items are those beside them, called again: all their weights are shared with these."""
    for index, item in enumerate(level.items):
        shares = _shares(item)
        if not any(shares.values()):
            if isinstance(item, Level):
                _find_twins(item)
            continue
        twin = next((i for i in level.items[:index] if _shares_all(shares, item, i)), None)
        if twin is not None:
            level.items[index] = _with_twin(item, twin.key)
        elif isinstance(item, Level):
            _find_twins(item)
        else:
            message = f"{item.gives[0]} shares the weights of {item.shares}, which is not beside it"
            raise UsageError(Diagnostic("CC705", message, hint="share whole blocks of one level"))


def _with_twin(item: Leaf | Level, key: str) -> Leaf | Level:
    if isinstance(item, Leaf):
        return item._replace(twin=key)
    item.twin = key
    return item


def _shares(item: Leaf | Level) -> dict[str, str | None]:
    """Return for each layer with a module inside whose weights it uses."""
    if isinstance(item, Leaf):
        return {item.gives[0]: item.shares} if item.written.module else {}
    return {name: other for inner in item.items for name, other in _shares(inner).items()}


def _shares_all(shares: dict[str, str | None], item: Leaf | Level, other: Leaf | Level) -> bool:
    own, theirs = (i.path if isinstance(i, Level) else i.gives[0] for i in (item, other))
    alike = [theirs + name[len(own) :] for name in shares] == [*_shares(other)]
    return alike and all(to is None or to == theirs + name[len(own) :] for name, to in shares.items())


def _has_modules(level: Level) -> bool:
    return any(isinstance(item, Level) or item.written.module for item in level.items)


def _once(path: str, items: list[Leaf | Level]) -> list[Leaf | Level]:
    keys = [item.key for item in items if isinstance(item, Level) or item.written.module]
    torn = next((key for key in keys if keys.count(key) > 1), None)
    if torn is not None:
        name = f"{path}.{torn}" if path else torn
        message = f"the layers of {name} do not follow one another: they make no module of their own"
        raise UsageError(Diagnostic("CC705", message))
    return items


def _connect(level: Level, place: dict[str, int], last: dict[str, int]) -> None:
    """Set what every level inside reads and gives; ``last`` is the last reader of each tensor."""
    for item in level.items:
        if isinstance(item, Level):
            _connect(item, place, last)
    made = [name for item in level.items for name in item.gives]
    inside = frozenset(_names(level))
    end = max(place[name] for name in inside)
    read = [name for item in level.items for name in item.reads if name not in inside]
    level.reads = tuple(dict.fromkeys(read))
    level.gives = tuple(name for name in made if last[name] > end)


def _names(level: Level) -> list[str]:
    found: list[str] = []
    for item in level.items:
        found += _names(item) if isinstance(item, Level) else item.gives
    return found
