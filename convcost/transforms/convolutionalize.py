"""Fully connected layers as convolutions: on a larger input, a map of scores instead of a vector.

A flatten and the linear layer behind it are a convolution whose kernel covers the whole map;
further linear layers are 1×1 convolutions; a global average pool is an average pool of the
training size with stride 1. Parameters, and multiply-adds at the training size, stay the same
(Sermanet et al. 2013, "OverFeat", section 3.3; Long, Shelhamer & Darrell 2015, "Fully
convolutional networks for semantic segmentation", section 3.1).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.engine.inplace import resettle
from convcost.engine.reshape import reshape
from convcost.errors import Diagnostic, SpecError
from convcost.ir import Origin, altered
from convcost.ops import op_class
from convcost.pointwise import is_pointwise
from convcost.rewire import Edit, rewire, sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.ir import Graph, Group, Node, Op, Shape

_KEPT_GROUPS: frozenset[Group] = frozenset({"activation", "dropout", "norm", "join", "gate"})
_BORDERS = "at the borders a map sees neighbours where a single window sees padding"
_SOFTMAX = frozenset({"softmax", "log_softmax"})


class FullyConvolutional(NamedTuple):
    """The network as convolutions alone, at the input asked for.

    ``trained`` is the same at the training size. ``layers`` were changed. ``window`` is the
    training input; ``reasons`` say why a cell of the map is not exactly the network run on
    its window; without any, it is. ``lifted`` layers no longer may work in place.
    """

    graph: Graph
    trained: Graph
    layers: tuple[str, ...]
    window: Shape
    reasons: tuple[str, ...]
    lifted: tuple[tuple[str, str], ...] = ()


def convolutionalize(graph: Graph, input: Sequence[int] | None = None) -> FullyConvolutional:  # noqa: A002  (the graph's own word)
    """Return a network whose linear layers are convolutions, shapes inferred at ``input``.

    ``graph`` stands at the size it is trained on. Raises SpecError, naming the layer, for
    what has no counterpart on a map, and where the network does not fit the input.
    """
    head = _Head(sound(graph))
    if not head.changed:
        message = f"{graph.name} has no linear layer after a flatten and no global pool at its end"
        raise SpecError(Diagnostic("CC506", message, hint="it is already fully convolutional"))
    changed, lifted, _ = resettle(reshape(rewire(graph, Edit(head.places, head.renamed))))
    larger = changed if input is None else reshape(changed, tuple(input))
    return FullyConvolutional(larger, changed, tuple(head.changed), graph.input, _reasons(changed), lifted)


class _Head:
    """Walks a graph and says how to rewrite what works on vectors.

    ``flat`` has the tensors that were vectors and now are maps: by name, the map's shape at
    the training size where a flatten's map has not been read by a linear layer yet, else ().
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.places: dict[str, tuple[Node, ...]] = {}
        self.renamed: dict[str, str] = {}
        self.changed: list[str] = []
        self.flat: dict[str, Shape] = {}
        self.gates = _gate_pools(graph)
        for node in graph.layers:
            if node.inputs:
                self._take(node)

    def _take(self, node: Node) -> None:
        name = node.op.NAME
        source = self.graph.shapes[node.inputs[0]]
        if name == "flatten" and len(source) > 1:
            self._drop(node)
            self.flat[node.name] = source
        elif node.op.GROUP == "global_pool" and node.name not in self.gates:
            self._put(node, _pool("avg_pool", source[1:], 1))
        elif name.startswith("adaptive_") and node.name not in self.gates:
            self._adaptive(node, source)
        elif any(tensor in self.flat for tensor in node.inputs):
            self._on_map(node)

    def _drop(self, node: Node) -> None:
        self.places[node.name] = ()
        self.renamed[node.name] = node.inputs[0]
        self.changed.append(node.name)

    def _put(self, node: Node, op: Op) -> None:
        """Give a layer another op; a 1×1 convolution that was a linear layer classifies."""
        origin = Origin(role="classifier") if is_pointwise(op) else node.origin
        self.places[node.name] = (replace(node, op=op, origin=origin),)
        self.changed.append(node.name)

    def _adaptive(self, node: Node, source: Shape) -> None:
        """Turn an adaptive pool into a plain one, where its windows are all alike."""
        sizes, out = source[1:], node.shape[1:]
        if sizes == out:
            self._drop(node)
        elif any(n % m for n, m in zip(sizes, out, strict=True)):
            pooled = f"{list(sizes)} to {list(out)}"
            raise _refusal(node, f"it pools {pooled}, which no pool of one window and stride does")
        else:
            windows = tuple(n // m for n, m in zip(sizes, out, strict=True))
            strides = tuple(1 if m == 1 else k for k, m in zip(windows, out, strict=True))
            name = "max_pool" if node.op.NAME == "adaptive_max_pool" else "avg_pool"
            self._put(node, _pool(name, windows, strides))

    def _on_map(self, node: Node) -> None:
        """Rewrite a layer that read a vector and now reads a map."""
        was = self.flat.get(node.inputs[0], ())
        if node.op.NAME == "linear":
            self._linear(node, _as_conv(node, was[1:]))
            was = ()
        elif node.op.NAME in _SOFTMAX:
            self._put(node, altered(node.op, axis=0))
        elif node.op.GROUP in _KEPT_GROUPS:
            self._check_kept(node)
        else:
            raise _refusal(node, f"{node.op.NAME} works on a vector and has no counterpart on a map")
        self.flat[node.name] = was

    def _linear(self, node: Node, op: Op) -> None:
        """Put a convolution in the place of a linear layer; what shares weights must still be alike."""
        lender = self.places.get(node.shares) if node.shares else None
        if node.shares and (lender is None or lender[0].op != op):
            raise _refusal(node, f"its weights, shared with {node.shares}, would be a kernel of another size")
        self._put(node, op)

    def _check_kept(self, node: Node) -> None:
        """Refuse what would treat the elements of a flattened map alike that were apart."""
        flat = self.flat
        apart = next((flat[t] for t in node.inputs if any(n > 1 for n in flat.get(t, ())[1:])), None)
        if apart is not None and node.op.GROUP not in {"activation", "dropout"}:
            raise _refusal(node, f"it is between the flatten of {list(apart)} and a linear layer")
        if any(tensor not in flat for tensor in node.inputs):
            raise _refusal(node, "it joins a vector with something that is not a map")


def _as_conv(node: Node, sizes: Shape) -> Op:
    """Return a linear layer as a convolution that covers a map of these sizes."""
    op: Any = node.op
    kernel: Any = sizes[0] if sizes and len(set(sizes)) == 1 else (sizes or 1)
    return op_class("conv")(out=op.out, kernel=kernel, bias=op.bias)  # type: ignore[call-arg]


def _pool(name: str, windows: Shape, strides: int | Shape) -> Op:
    kernel: Any = windows[0] if len(set(windows)) == 1 else windows
    stride: Any = strides if isinstance(strides, int) or len(set(strides)) > 1 else strides[0]
    return op_class(name)(kernel=kernel, stride=stride)  # type: ignore[call-arg]


def _refusal(node: Node, reason: str) -> SpecError:
    return SpecError(Diagnostic("CC506", f"{node.name} cannot become convolutional: {reason}", node.loc))


def _gate_pools(graph: Graph) -> set[str]:
    """Return the pools whose result meets a map again: gates, context branches. They stay global."""
    found: set[str] = set()
    shapes = graph.shapes
    for node in reversed(graph.nodes):
        sizes = shapes[node.name][1:]
        joins = len(node.inputs) > 1 or node.op.GROUP == "resize"
        if joins and any(size > 1 for size in sizes):
            found.update(name for name in node.inputs if all(n == 1 for n in shapes[name][1:]))
        elif node.name in found and any(n == 1 for n in sizes):
            found.update(name for name in node.inputs if len(shapes[name]) > 1)
    return found


def _reasons(graph: Graph) -> tuple[str, ...]:
    """Return why a cell of the map differs from the network run on its window."""
    found: dict[str, list[str]] = {}
    for node in graph.layers:
        reason = _reason(node, graph.shapes[node.inputs[0]]) if node.inputs else None
        if reason is not None:
            found.setdefault(reason, []).append(node.name)
    return tuple(f"{reason}: {_some(names)}" for reason, names in found.items())


def _reason(node: Node, source: Shape) -> str | None:
    op: Any = node.op
    if hasattr(op, "pads") and any(before or after for before, after in op.pads(source)):
        return _BORDERS
    if op.NAME == "pad" and source[1:] != node.shape[1:]:
        return _BORDERS
    if getattr(op, "ceil_mode", False) and _sticks_out(op, source, node.shape):
        return "the last window extends past the edge of a single window's map, not past the whole map's"
    if op.GROUP == "global_pool":
        return "a gate sees the whole input"
    if op.NAME in {"group_norm", "instance_norm"}:
        return "statistics are those of the whole input"
    return None


def _sticks_out(op: Any, source: Shape, output: Shape) -> bool:
    windows = op.windows((source,), output)
    each = zip(windows, source[1:], output[1:], strict=True)
    return any((m - 1) * w.step + w.last >= n for w, n, m in each)


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"  # noqa: PLR2004  (enough to see which)
