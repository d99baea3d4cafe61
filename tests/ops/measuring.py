"""What one op allocates and what autograd keeps of it, as torch's dispatcher sees it.

Storages are told apart by ``untyped_storage()._cdata`` and die when torch lets them go.
"""

from __future__ import annotations

import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from convcost.ir import OUTPUT, Layout, layout_of
from convcost.strides import Strided

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.ops.strategies import Standing


class Lie(NamedTuple):
    """How a tensor comes to lie in its storage: a part of a larger one, its axes in another order.

    Axis ``i`` of the storage is axis ``order[i]`` of the tensor, ``gaps[i]`` longer, or a single
    one that is ``stretched``. The batch is axis 0 of both.
    """

    order: tuple[int, ...]
    gaps: tuple[int, ...]
    stretched: tuple[bool, ...]

    def tensor(self, sizes: tuple[int, ...], dtype: Any, *, wanted: bool = False) -> torch.Tensor:
        """Return a tensor of these sizes; ``wanted``: with a gradient, though no leaf."""
        base = [sizes[axis] for axis in self.order]
        whole = [1 if one else n + gap for n, gap, one in zip(base, self.gaps, self.stretched, strict=True)]
        x = torch.zeros(whole, dtype=dtype, requires_grad=wanted).clone()
        for axis, (n, one) in enumerate(zip(base, self.stretched, strict=True)):
            x = x if one else x.narrow(axis, 0, n)
        return x.expand(base).permute([self.order.index(axis) for axis in range(len(sizes))])


def plain(rank: int) -> Lie:
    """Return how a new tensor of this rank, the batch included, lies."""
    return Lie(tuple(range(rank)), (0,) * rank, (False,) * rank)


def lies(rank: int, *, stretched: bool = True) -> st.SearchStrategy[Lie]:
    """Draw how a tensor lies: as a new one, as slices, permutes and expands leave it."""
    inner = range(1, rank)
    last = (*range(2, rank), *range(1, min(rank, 2)))
    orders = st.one_of(st.just(tuple(inner)), st.just(last), st.permutations(inner).map(tuple))
    gaps = st.one_of(
        st.just((0,) * rank), st.tuples(st.just(0), *([st.sampled_from((0, 0, 1))] * (rank - 1)))
    )
    ones = st.tuples(*([st.sampled_from((False,) * 7 + (stretched,))] * rank))
    return st.builds(lambda order, gap, one: Lie((0, *order), gap, one), orders, gaps, ones)


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


def layouts(drawn: Standing, batch: int, how: Sequence[Lie]) -> tuple[Layout, ...]:
    """Return the layouts of an op's inputs that lie so."""
    pairs = zip(drawn.read, how, strict=True)
    return tuple([_layout(lie.tensor((batch, *shape), torch.float32)) for shape, lie in pairs])


def inference(
    drawn: Standing, batch: int, dtype: Any, how: Sequence[Lie], *, mode: Callable[[], Any]
) -> Inference:
    """Run the op in inference on inputs that lie so; under ``nullcontext`` for real."""
    with mode(), default_dtype(dtype), threads(drawn), torch.no_grad():
        module = drawn.op.to_torch(*drawn.inputs).eval()
        inputs = [lie.tensor((batch, *x), dtype) for x, lie in zip(drawn.read, how, strict=True)]
        keys = [_key(tensor) for tensor in inputs]
        known = {*keys, *map(_key, _state(module))}
        with Alive(known) as alive:
            output = module(*inputs)
        view_of = keys.index(_key(output)) if _key(output) in keys else None
        own = output.untyped_storage().nbytes() if view_of is None else 0
        return Inference(view_of, alive.peak - own, _layout(output))


def training(
    drawn: Standing,
    batch: int,
    dtype: Any,
    how: Sequence[Lie],
    *,
    wants: Sequence[bool],
    mode: Callable[[], Any],
) -> Training:
    """Run the op in training; ``wants`` tells which inputs a gradient flows into."""
    saved: list[Any] = []
    with mode(), default_dtype(dtype), threads(drawn):
        module = drawn.op.to_torch(*drawn.inputs).train()
        each = zip(drawn.read, how, wants, strict=True)
        inputs = [lie.tensor((batch, *x), dtype, wanted=wanted) for x, lie, wanted in each]
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


@contextmanager
def threads(drawn: Standing) -> Iterator[None]:
    """Run convolutions on two threads: on one, torch picks another kernel for pointwise ones."""
    before = torch.get_num_threads()
    torch.set_num_threads(2 if drawn.op.GROUP == "conv" else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


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


def strided(tensor: torch.Tensor) -> Strided:
    """Return a tensor's sizes and strides."""
    return Strided(tuple(tensor.shape), tuple(tensor.stride()))


def _layout(tensor: torch.Tensor) -> Layout:
    return layout_of(strided(tensor))


def _keep_in(saved: list[Any]) -> Any:
    def pack(tensor: torch.Tensor) -> torch.Tensor:
        saved.append(tensor.detach())  # holds the storage, and so its key
        return tensor

    return pack


def _state(module: Any) -> list[Any]:
    return [*module.parameters(), *module.buffers()]


def _key(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage()._cdata
