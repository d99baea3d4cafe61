"""A network made ready to be timed: on its device, in its dtype, its layers watched or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from convcost.errors import Diagnostic, UsageError
from convcost.exact import spread as each_dim
from convcost.pointwise import convolution, is_pointwise
from convcost.torch_backend.graph_module import GraphModule
from convcost.torch_backend.machine import check_room, first_line, kind_of
from convcost.torch_backend.measure import named_failures, watched
from convcost.torch_backend.profile_clock import clock_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcost.ir import Graph
    from convcost.report import Report


class How(NamedTuple):
    """How a network is run. ``threads`` None: as many as torch takes."""

    batch: int = 1
    dtype: str = "float32"
    device: str = "cpu"
    backward: bool = False
    compile: bool = False
    channels_last: bool = False
    threads: int | None = None
    warmup: int = 3
    repeat: int = 10


class Pass(NamedTuple):
    """One pass in nanoseconds: the whole, and per layer, forward and backward."""

    whole: int
    forward: dict[str, int]
    backward: dict[str, int]


class Subject:
    """A network on its device, and the input it is run on: noise, the same every time."""

    def __init__(self, graph: Graph, how: How) -> None:
        self.graph = graph
        self.how = how
        self.clock = clock_of(how.device)
        layout = _layout(graph, how)
        kind = kind_of(how.dtype)
        with torch.device(how.device):
            self.network = GraphModule(graph).to(dtype=kind, memory_format=layout).train(how.backward)
            seed = _seeded(how.device)
            noise = [
                torch.randn((how.batch, *shape), generator=seed, device=how.device)
                for shape in graph.inputs.values()
            ]
        self.inputs = [each.to(dtype=kind, memory_format=layout) for each in noise]
        self.run = torch.compile(self.network) if how.compile else self.network
        self.first_not_finite: str | None = None

    def try_out(self) -> None:
        """Run once; raises UsageError, naming the layer, where torch refuses.

        Notes the first layer whose output holds NaN or infinity.
        """
        with named_failures(self.network, self.how.dtype, self.how.device):
            with watched(self.network, after=self._look), torch.set_grad_enabled(False):
                self.network.eval()(*self.inputs)
            self.network.train(self.how.backward)
        try:
            self._pass()
        except (RuntimeError, ValueError) as error:
            what = "compiled, the network" if self.how.compile else "the backward pass"
            message = f"{what} does not run in {self.how.dtype} on {self.how.device}: {first_line(error)}"
            raise UsageError(Diagnostic("CC704", message)) from error

    def _look(self, name: str, output: Any) -> None:
        if self.first_not_finite is None and not torch.isfinite(output).all():
            self.first_not_finite = name

    def _pass(self) -> None:
        with torch.set_grad_enabled(self.how.backward):
            results = self.run(*self.inputs)
            if self.how.backward:
                _back(results)

    def whole(self) -> int:
        """Run once, unwatched, and return the time it took."""
        self.network.zero_grad(set_to_none=True)
        _settle(self.how.device)
        begin = self.clock.stamp()
        self._pass()
        return self.clock.spans([begin, self.clock.stamp()])[0]

    def layered(self) -> Pass:
        """Run once and return the time of every layer, from the end of the one before it.

        Backward, a layer's time runs from when autograd reaches it to when it reaches the next.
        """
        self.network.zero_grad(set_to_none=True)
        marks: list[tuple[str, Any]] = []
        back: list[tuple[str, Any]] = []
        nodes: dict[Any, None] = {}

        def after(name: str, output: Any) -> None:
            marks.append((name, self.clock.stamp()))
            node = output.grad_fn
            if node is not None and node not in nodes:
                nodes[node] = None
                node.register_prehook(lambda _: back.append((name, self.clock.stamp())))

        with watched(self.network, after=after), torch.set_grad_enabled(self.how.backward):
            _settle(self.how.device)
            begin = self.clock.stamp()
            results = self.network(*self.inputs)
            if self.how.backward:
                _back(results)
            end = self.clock.stamp()
        stamps = [begin, *(stamp for _, stamp in marks)]
        forward = dict(zip([name for name, _ in marks], self.clock.spans(stamps), strict=True))
        spans = self.clock.spans([*(stamp for _, stamp in back), end]) if back else []
        backward = dict(zip([name for name, _ in back], spans, strict=True))
        return Pass(self.clock.spans([begin, end])[0], forward, backward)


def _back(results: Any) -> None:
    tensors = [t for t in (results if isinstance(results, tuple) else (results,)) if t.requires_grad]
    if tensors:
        torch.autograd.backward(tensors, [torch.ones_like(tensor) for tensor in tensors])


def _seeded(device: str) -> Any:
    return torch.Generator(device).manual_seed(0)


def _settle(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def _layout(graph: Graph, how: How) -> Any:
    """Return the memory format; raises UsageError where channels-last has no meaning or is not safe."""
    if not how.channels_last:
        return torch.preserve_format
    (dims, *others) = {len(shape) - 1 for shape in graph.inputs.values()}
    formats = {2: torch.channels_last, 3: torch.channels_last_3d}
    if dims not in formats or others:
        raise UsageError(
            Diagnostic("CC707", f"channels-last needs 2 or 3 spatial dims, but {graph.name} has {dims}")
        )
    if how.backward and how.device == "cpu":
        _refuse_strided_pointwise(graph)
    return formats[dims]


def _refuse_strided_pointwise(graph: Graph) -> None:
    for node in graph.nodes:
        if is_pointwise(node.op) and max(each_dim(convolution(node.op).stride, len(node.shape) - 1)) > 1:
            message = (
                f"{node.name}: torch reads out of bounds in the weight gradient of a strided 1×1 "
                "convolution that is channels-last on the CPU"
            )
            raise UsageError(Diagnostic("CC707", message, hint="without --backward it can be timed"))


def needs(reports: Mapping[str, Report], how: How) -> dict[str, int]:
    """Return the bytes that running these networks takes at once, by what they are for."""
    totals = [report.totals for report in reports.values()]
    found = {"weights": sum(t.weight_bytes for t in totals)}
    if how.backward:
        found["gradients"] = sum(t.weight_bytes for t in totals)
        found["kept for the backward pass"] = max(t.saved_bytes for t in totals)
    else:
        found["tensors"] = max(t.peak_bytes for t in totals)
    return found


def check_fits(reports: Mapping[str, Report], how: How) -> None:
    """Raise UsageError if these networks do not fit into memory; nothing is allocated for it."""
    check_room(" and ".join(reports), needs(reports, how), how.device)
