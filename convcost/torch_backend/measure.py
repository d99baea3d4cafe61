"""What torch counts, allocates and keeps for a network: the oracle of the analytic figures.

By default nothing is computed: the network runs on fake CPU tensors, which follow the
CPU's rules for allocation, so that the largest network is measured in a second. Storages
are told apart by their C++ address while a reference keeps it from being used again.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from convcost.errors import Diagnostic, UsageError
from convcost.torch_backend.graph_module import GraphModule
from convcost.torch_backend.machine import first_line, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from convcost.ir import Graph, Shape


class LayerMeasure(NamedTuple):
    """One layer as torch sees it; sizes in bytes, ``output`` per sample."""

    name: str
    output: Shape
    macs: int
    params: int
    activation_bytes: int
    peak_bytes: int
    saved_bytes: int | None


class Measured(NamedTuple):
    """A network as torch sees it, at one batch and dtype.

    ``saved_bytes`` is None where a training step cannot run, and ``unsaved`` says why.
    """

    layers: tuple[LayerMeasure, ...]
    macs: int
    params: int
    buffers: int
    activation_bytes: int
    peak_bytes: int
    saved_bytes: int | None
    unsaved: str | None


def measure(
    graph: Graph,
    batch: int = 1,
    dtype: str = "float32",
    device: str = "cpu",
    *,
    real: bool = False,
) -> Measured:
    """Return what torch counts and allocates for ``graph``.

    With ``real`` the network is run on ``device``; otherwise on fake tensors that stand for
    that device's. Raises UsageError for a dtype torch cannot run, such as int8.
    """
    kind = kind_of(dtype)
    macs = count_macs(graph, batch)
    with nullcontext() if real else FakeTensorMode():
        with born_as(kind), torch.device(device):
            network = GraphModule(graph)
            inputs = [torch.zeros((batch, *shape)) for shape in graph.inputs.values()]
        with named_failures(network, dtype, device):
            outputs, activations = measure_outputs(network, inputs)
        peaks = measure_peaks(network, inputs)
        saved, why = _try_saved(network, inputs)
    layers = tuple(
        LayerMeasure(
            name=call.name,
            output=outputs[call.name],
            macs=macs[call.name],
            params=0 if call.shared else _count(call.module.parameters()),
            activation_bytes=activations[call.name],
            peak_bytes=peaks[call.name],
            saved_bytes=None if saved is None else saved[call.name],
        )
        for call in network.calls
    )
    return Measured(
        layers=layers,
        macs=sum(macs.values()),
        params=_count(network.parameters()),
        buffers=_count(network.buffers()),
        activation_bytes=sum(activations.values()),
        peak_bytes=max(peaks.values()),
        saved_bytes=None if saved is None else sum(saved.values()),
        unsaved=why,
    )


@contextmanager
def born_as(kind: Any) -> Iterator[None]:
    """Make new tensors of this dtype: fake parameters cannot be converted later."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(kind)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def _count(tensors: Iterable[Any]) -> int:
    return sum(tensor.numel() for tensor in tensors)


def count_macs(graph: Graph, batch: int = 1) -> dict[str, int]:
    """Return every layer's multiply-accumulates: half of what FlopCounterMode counts on meta."""
    with torch.device("meta"):
        network = GraphModule(graph).eval()
        inputs = [torch.empty((batch, *shape)) for shape in graph.inputs.values()]
    totals = {"": 0}
    with torch.no_grad(), FlopCounterMode(display=False) as counter:

        def after(name: str, _: Any) -> None:
            totals[name] = counter.get_total_flops()

        with watched(network, after=after):
            network(*inputs)
    counted = list(totals.values())
    return {name: (total - counted[i]) // 2 for i, (name, total) in enumerate(list(totals.items())[1:])}


def measure_outputs(network: GraphModule, inputs: Sequence[Any]) -> tuple[dict[str, Shape], dict[str, int]]:
    """Return every layer's output shape per sample, and the bytes of it that are newly allocated.

    New is what no earlier layer returned and the caller did not pass.
    """
    shapes: dict[str, Shape] = {}
    sizes: dict[str, int] = {}
    seen = _Storages()
    for owned in (*network.parameters(), *network.buffers()):
        seen.add(owned)
    for x in inputs:
        seen.add(x)

    def after(name: str, output: Any) -> None:
        shapes[name] = tuple(output.shape[1:])
        sizes[name] = output.untyped_storage().nbytes() if seen.add(output) else 0

    with torch.no_grad(), watched(network.eval(), after=after):
        network(*inputs)
    return shapes, sizes


def measure_peaks(network: GraphModule, inputs: Sequence[Any]) -> dict[str, int]:
    """Return for every layer the largest sum of live storages in bytes while it runs in inference.

    Parameters and buffers apart. A layer runs from the end of the one before to its own
    end, so that the copies made of its inputs are its own.
    """
    peaks: dict[str, int] = {}
    with torch.no_grad(), _LiveStorages(network.eval(), inputs) as live:

        def after(name: str, output: Any) -> None:
            live.note([output])  # a layer that only hands a tensor on dispatches nothing
            peaks[name] = live.peak
            live.peak = 0

        with watched(network, after=after):
            network(*inputs)
    return peaks


def measure_saved(network: GraphModule, inputs: Sequence[Any]) -> dict[str, int]:
    """Return for every layer the bytes autograd keeps that no layer before it saved."""
    own = _own_storages(network)
    saved = {call.name: 0 for call in network.calls}
    held: dict[int, Any] = {}
    current = [""]

    def pack(tensor: Any) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata not in own and storage._cdata not in held:  # noqa: SLF001  (torch's own key)
            held[storage._cdata] = storage  # noqa: SLF001  (held, so that the key stays its own)
            saved[current[0]] += storage.nbytes()

    def unpack(_: None) -> Any:
        raise NotImplementedError("measured forward only")

    def before(name: str) -> None:
        current[0] = name

    hooks = torch.autograd.graph.saved_tensors_hooks(pack, unpack)
    with torch.enable_grad(), watched(network.train(), before=before), hooks:
        network(*inputs)
    return saved


def _try_saved(network: GraphModule, inputs: Sequence[Any]) -> tuple[dict[str, int] | None, str | None]:
    reached = [""]

    def before(name: str) -> None:
        reached[0] = name

    try:
        with watched(network, before=before):
            return measure_saved(network, inputs), None
    except ValueError as error:  # a batch norm over one value per channel has no variance
        return None, f"{reached[0]}: {error}"


def _own_storages(network: GraphModule) -> frozenset[int]:
    tensors = [*network.parameters(), *network.buffers()]
    return frozenset([tensor.untyped_storage()._cdata for tensor in tensors])  # noqa: SLF001  (torch's own key)


class _Storages:
    """Storages seen so far, alive or not: a weak reference keeps an address from being reused."""

    def __init__(self) -> None:
        self._seen: dict[int, StorageWeakRef] = {}

    def add(self, tensor: Any) -> bool:
        """Return whether the tensor's storage is new."""
        reference = StorageWeakRef(tensor.untyped_storage())
        return self._seen.setdefault(reference.cdata, reference) is reference


class _LiveStorages(TorchDispatchMode):  # type: ignore[misc]  # torch is untyped here
    """Adds up, after every operation, the storages that are alive; ``peak`` is theirs to reset."""

    def __init__(self, network: GraphModule, inputs: Sequence[Any]) -> None:
        super().__init__()
        self.own = _own_storages(network)
        self.live: dict[int, tuple[StorageWeakRef, int]] = {}
        self.peak = 0
        self.note(inputs)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        self.note(tree_leaves((args, result)))
        return result

    def note(self, values: Iterable[Any]) -> None:
        """Take these tensors' storages in, let the dead ones go, and raise the peak."""
        for value in values:
            if isinstance(value, torch.Tensor):
                storage = value.untyped_storage()
                if storage._cdata not in self.own:  # noqa: SLF001  (torch's own key)
                    reference = StorageWeakRef(storage)
                    self.live[reference.cdata] = (reference, storage.nbytes())  # anew: it may be resized
        self.live = {key: entry for key, entry in self.live.items() if not entry[0].expired()}
        self.peak = max(self.peak, sum([size for _, size in self.live.values()]))


@contextmanager
def watched(
    network: GraphModule,
    before: Callable[[str], None] | None = None,
    after: Callable[[str, Any], None] | None = None,
) -> Iterator[None]:
    """Call ``before(name)`` and ``after(name, output)`` around every layer that runs inside."""
    network.watchers.append((before, after))
    try:
        yield
    finally:
        network.watchers.pop()


@contextmanager
def named_failures(network: GraphModule, dtype: str, device: str) -> Iterator[None]:
    """Turn torch's refusal to run a layer into a UsageError that names layer, dtype and device."""
    running = [""]

    def before(name: str) -> None:
        running[0] = name

    with watched(network, before=before):
        try:
            yield
        except RuntimeError as error:
            modules = {call.name: call.module for call in network.calls}
            op = type(modules[running[0]]).__name__ if running[0] else "network"
            message = f"{running[0] or 'the network'} ({op}) does not run in {dtype} on {device}"
            raise UsageError(Diagnostic("CC704", f"{message}: {first_line(error)}")) from error
