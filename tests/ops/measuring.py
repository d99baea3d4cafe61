"""What one op allocates and what autograd keeps of it, as torch's dispatcher sees it.

Everything runs under ``FakeTensorMode``: the CPU's own rules, nothing computed or allocated.
Storages are told apart by ``untyped_storage()._cdata`` and die when torch lets them go.
"""

from __future__ import annotations

import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from convcost.ir import OUTPUT, Layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convcost.ir import Shape
    from tests.ops.strategies import Standing


class Inference(NamedTuple):
    """What a run under no_grad shows; ``view_of`` is an input's index, or None."""

    view_of: int | None
    temporary: int
    layout: Layout


class Training(NamedTuple):
    """What autograd holds after a forward: existing tensors, and the bytes of new ones."""

    view_of: int | None
    saves: set[int]
    kept: int


def inference(
    drawn: Standing, batch: int, dtype: Any, layouts: Sequence[Layout], mode: Any = FakeTensorMode
) -> Inference:
    """Run the op in inference on inputs that lie as ``layouts`` say; ``nullcontext`` runs it for real."""
    with mode(), default_dtype(dtype), torch.no_grad():
        module = drawn.op.to_torch(*drawn.inputs).eval()
        inputs = [lay_out(*each, batch, dtype) for each in zip(drawn.read, layouts, strict=True)]
        keys = [_key(tensor) for tensor in inputs]
        known = {*keys, *map(_key, _state(module))}
        with Alive(known) as alive:
            output = module(*inputs)
        view_of = keys.index(_key(output)) if _key(output) in keys else None
        own = output.untyped_storage().nbytes() if view_of is None else 0
        return Inference(view_of, alive.peak - own, layout_of(output))


def training(drawn: Standing, batch: int, dtype: Any, wants: Sequence[bool]) -> Training:
    """Run the op in training; ``wants`` tells which inputs a gradient flows into."""
    saved: list[Any] = []
    with FakeTensorMode(), default_dtype(dtype):
        module = drawn.op.to_torch(*drawn.inputs).train()
        inputs = [
            _input(shape, batch, dtype, wanted) for shape, wanted in zip(drawn.read, wants, strict=True)
        ]
        keys = [_key(tensor) for tensor in inputs]
        with torch.autograd.graph.saved_tensors_hooks(_keep_in(saved), lambda tensor: tensor):
            output = module(*inputs)
        places = {key: index for index, key in enumerate(keys)}
        places.setdefault(_key(output), OUTPUT)
        held = {_key(tensor): tensor.untyped_storage().nbytes() for tensor in saved}
        for tensor in _state(module):
            held.pop(_key(tensor), None)
        view_of = keys.index(_key(output)) if _key(output) in keys else None
        saves = {places[key] for key in held if key in places}
        return Training(view_of, saves, sum(size for key, size in held.items() if key not in places))


@contextmanager
def default_dtype(dtype: Any) -> Iterator[None]:
    """Make new parameters and tensors of this dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


class Alive(TorchDispatchMode):
    """Follows every storage made inside it, but those ``known`` before; ``peak`` in bytes."""

    def __init__(self, known: set[int]) -> None:
        super().__init__()
        self.known = known
        self.sizes: dict[int, int] = {}
        self.refs: dict[int, weakref.ref[Any]] = {}
        self.peak = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        del types
        result = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(result):
            if isinstance(tensor, torch.Tensor):
                self._see(tensor)
        self.peak = max(self.peak, sum(self.sizes.values()))
        return result

    def _see(self, tensor: torch.Tensor) -> None:
        storage, key = tensor.untyped_storage(), _key(tensor)
        if key in self.known:
            return
        self.sizes[key] = storage.nbytes()
        if key not in self.refs:
            self.refs[key] = weakref.ref(storage, lambda _, key=key: self._forget(key))

    def _forget(self, key: int) -> None:
        self.sizes.pop(key, None)
        self.refs.pop(key, None)


def lay_out(shape: Shape, layout: Layout, batch: int, dtype: Any) -> torch.Tensor:
    """Return a tensor of this shape that lies as the layout says."""
    order = layout.order or tuple(range(len(shape)))
    base = [shape[order.index(axis)] for axis in range(len(shape))]
    if layout.gaps:
        tensor = torch.empty((batch, base[0] + 1, *base[1:]), dtype=dtype).narrow(1, 0, base[0])
    else:
        tensor = torch.empty((batch, *base), dtype=dtype)
    return tensor.permute(0, *(axis + 1 for axis in order))


def layout_of(tensor: torch.Tensor) -> Layout:
    """Return a tensor's layout, as far as sizes above 1 tell it."""
    axes = sorted(range(1, tensor.dim()), key=lambda axis: (-tensor.stride(axis), axis))
    order = tuple(axes.index(axis) for axis in range(1, tensor.dim()))
    usual = order == tuple(range(len(order)))
    dense = tensor.permute(0, *axes).is_contiguous()
    return Layout(None if usual else order, gaps=not dense)


def _input(shape: Shape, batch: int, dtype: Any, wanted: bool) -> torch.Tensor:
    leaf = torch.empty((batch, *shape), dtype=dtype, requires_grad=wanted)
    return leaf.clone()  # no leaf, so that it may be written in place


def _keep_in(saved: list[Any]) -> Any:
    def pack(tensor: torch.Tensor) -> torch.Tensor:
        saved.append(tensor.detach())  # holds the storage, and so its key
        return tensor

    return pack


def _state(module: Any) -> list[Any]:
    return [*module.parameters(), *module.buffers()]


def _key(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage()._cdata
