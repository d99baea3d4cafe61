"""A graph as a plain ``torch.nn.Module``, run node by node, freeing what nobody reads again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import nn

from convcost.engine.storages import last_reads

if TYPE_CHECKING:
    from convcost.ir import Graph


class Call(NamedTuple):
    """One node: its module, the slots it reads, writes and empties.

    ``shared``: the module is that of an earlier call.
    """

    name: str
    module: Any
    reads: tuple[int, ...]
    writes: int
    frees: tuple[int, ...]
    shared: bool = False


Watcher = tuple[Callable[[str], None] | None, Callable[[str, Any], None] | None]
"""What to call with a layer's name before it runs, and with its name and output after it."""


class GraphModule(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """A network whose submodules carry the spec's dotted names.

    Freshly initialised, in training mode, float32; under ``torch.device("meta")`` it takes
    no memory. Layers work in place as their ops say (:func:`convcost.engine.settle`).

    ``calls`` are its layers in the order in which they run, ``paths`` the module path of each
    layer's name: the same, but for names that ``nn.Module`` reserves, which end in ``_``. Layers
    that share weights are one module, at the path of the first, called each time. ``watchers`` see each call.
    """

    calls: tuple[Call, ...]
    paths: dict[str, str]

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.watchers: list[Watcher] = []
        self.paths = module_paths([node.name for node in graph.layers])
        slots = {node.name: i for i, node in enumerate(graph.nodes)}
        self.calls = _calls(self, graph, slots)
        self.slots = len(slots)
        self.results = tuple(slots[name] for name in graph.outputs)

    def forward(self, *inputs: Any) -> Any:
        """Return the output, or a tuple of outputs; each input is (batch, channels, *spatial)."""
        slots: list[Any] = [*inputs, *[None] * (self.slots - len(inputs))]
        batch = len(inputs[0])  # which a layer that reads nothing is told
        for call in self.calls:
            for before, _ in self.watchers:
                if before is not None:
                    before(call.name)
            slots[call.writes] = call.module(*([slots[i] for i in call.reads] or [batch]))
            for _, after in self.watchers:
                if after is not None:
                    after(call.name, slots[call.writes])
            for slot in call.frees:
                slots[slot] = None
        results = tuple([slots[slot] for slot in self.results])
        return results[0] if len(results) == 1 else results


def _calls(network: GraphModule, graph: Graph, slots: dict[str, int]) -> tuple[Call, ...]:
    last = last_reads(graph)
    frees: list[list[int]] = [[] for _ in range(len(graph.nodes) + 1)]
    for name, index in last.items():
        frees[index].append(slots[name])
    calls = []
    modules: dict[str, nn.Module] = {}
    for index, node in enumerate(graph.nodes):
        if node.name in graph.inputs:
            continue
        if node.shares is None:
            modules[node.name] = node.op.to_torch(*graph.inputs_of(node))
            _place(network, network.paths[node.name], modules[node.name])
        module, shared = modules[node.shares or node.name], node.shares is not None
        reads = tuple(slots[name] for name in node.inputs)
        frees_now = tuple(frees[index])
        calls.append(Call(node.name, module, reads, slots[node.name], frees_now, shared))
    return tuple(calls)


def _place(network: nn.Module, path: str, module: nn.Module) -> None:
    *levels, leaf = path.split(".")
    for level in levels:
        inner = network._modules.get(level)  # noqa: SLF001  (getattr would find methods, too)
        if inner is None:
            inner = nn.Module()
            network.add_module(level, inner)
        network = inner
    network.add_module(leaf, module)


def module_paths(names: list[str]) -> dict[str, str]:
    """Return the module path of every dotted name.

    A level whose name the modules above it reserve (``forward``, ``half``, ``calls``) gets
    a trailing ``_``, or as many as make it differ from its neighbours.
    """
    taken = {
        tuple(parts[:i]) for name in names for parts in [name.split(".")] for i in range(1, len(parts) + 1)
    }
    renamed: dict[tuple[str, ...], str] = {}
    for path in sorted(taken):
        new = path[-1]
        while new in _RESERVED or (new != path[-1] and (*path[:-1], new) in taken):
            new += "_"
        renamed[path] = new
    return {name: _join(tuple(name.split(".")), renamed) for name in names}


def _join(path: tuple[str, ...], renamed: dict[tuple[str, ...], str]) -> str:
    return ".".join([renamed[path[: i + 1]] for i in range(len(path))])


_RESERVED = frozenset(dir(nn.Module())) | {"calls", "paths", "results", "slots", "watchers", ""}
