"""The analytic figures held against what torch counts, allocates and keeps: integers, no tolerance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch

from convcost.engine import analyze
from convcost.errors import Diagnostic, UsageError
from convcost.torch_backend.machine import check_room, pick_device
from convcost.torch_backend.measure import measure
from convcost.units import human

if TYPE_CHECKING:
    from convcost.ir import Graph
    from convcost.report import LayerCost, Report
    from convcost.torch_backend.measure import LayerMeasure, Measured

_UNCOUNTABLE = 2**63  # torch's sizes are signed 64-bit integers

Figure = int | tuple[int, ...]


class Check(NamedTuple):
    """One figure, as estimated and as measured; ``why`` says why it could not be measured."""

    metric: str
    estimate: Figure
    measured: Figure | None
    why: str | None = None

    @property
    def exact(self) -> bool | None:
        """Whether both agree; None where nothing was measured."""
        return None if self.measured is None else self.estimate == self.measured


class LayerChecks(NamedTuple):
    """All checks of one layer."""

    name: str
    op: str
    checks: tuple[Check, ...]

    @property
    def differing(self) -> tuple[Check, ...]:
        """The figures that were measured and differ."""
        return tuple(check for check in self.checks if check.exact is False)


@dataclass(frozen=True, slots=True)
class Verification:
    """A report, every figure of it beside torch's. ``mode`` is "fake" or "real"."""

    report: Report
    mode: str
    torch: str
    totals: tuple[Check, ...]
    layers: tuple[LayerChecks, ...]

    @property
    def exact(self) -> bool:
        """Whether no measured figure differs."""
        return all(check.exact is not False for check in self.checks)

    @property
    def checks(self) -> list[Check]:
        """All figures: the totals, then those of every layer."""
        return [*self.totals, *(check for layer in self.layers for check in layer.checks)]

    def first(self, metric: str) -> str | None:
        """Return the first layer whose figure differs."""
        names = (x.name for x in self.layers if any(c.metric == metric for c in x.differing))
        return next(names, None)

    def upstream(self, layer: LayerChecks, check: Check) -> str | None:
        """Return the layer before whose new tensor is alive here as well, for figures that carry over."""
        if check.metric != "peak_bytes":
            return None
        for earlier in self.layers:
            if earlier is layer:
                return None
            if any(c.metric in ("activation_bytes", "output") for c in earlier.differing):
                return earlier.name
        return None


def verify(
    graph: Graph,
    batch: int = 1,
    dtype: str = "float32",
    device: str = "cpu",
    *,
    real: bool = False,
) -> Verification:
    """Return every figure of a network beside what torch makes of it.

    Nothing is computed or allocated unless ``real``. Raises UsageError for a device that is
    not there, for a real run that does not fit into memory, for more bytes than torch can count, and for a dtype a layer does
    not run in.
    """
    pick_device(device)
    report = analyze(graph, batch, dtype, device)
    _check_countable(graph.name, report)
    if real:
        check_room(graph.name, _room(report), device)
    # What torch cannot run has shapes and counts all the same: those of another dtype.
    measured = measure(graph, batch, "float32" if dtype == "int8" else dtype, device, real=real)
    return compare(report, measured, real=real)


def _check_countable(name: str, report: Report) -> None:
    """Raise UsageError for a network whose tensors torch has no size for, not even for fake ones."""
    largest = max(report.totals.peak_bytes, report.totals.weight_bytes)
    if largest >= _UNCOUNTABLE:
        message = f"{name}: {human(largest, 'bytes')} are more than torch can count"
        raise UsageError(Diagnostic("CC703", message, hint="a smaller --batch or --input needs less"))


def _room(report: Report) -> dict[str, int]:
    """Return what a real run holds at once: the weights, and the larger of its two passes."""
    totals = report.totals
    return {"weights": totals.weight_bytes, "tensors": max(totals.peak_bytes, totals.saved_bytes)}


def compare(report: Report, measured: Measured, *, real: bool = False) -> Verification:
    """Hold a report against a measurement of the same graph, layer by layer and in total."""
    unmeasured = _unmeasured(report.dtype, measured)
    layers = tuple(
        LayerChecks(ours.name, ours.op, _layer(ours, theirs, unmeasured))
        for ours, theirs in zip(report.layers, measured.layers, strict=True)
    )
    totals = tuple(
        _check(name, report.totals.metric(name), getattr(measured, name), unmeasured)
        for name in ("macs", "params", "buffers", *MEMORY)
    )
    return Verification(report, "real" if real else "fake", torch.__version__, totals, layers)


MEMORY = ("activation_bytes", "peak_bytes", "saved_bytes")


def _unmeasured(dtype: str, measured: Measured) -> dict[str, str]:
    """Return for every metric that was not measured the reason."""
    if dtype == "int8":
        return dict.fromkeys(MEMORY, "torch runs no convolution in int8")
    return {"saved_bytes": f"no training step: {measured.unsaved}"} if measured.unsaved else {}


def _layer(ours: LayerCost, theirs: LayerMeasure, unmeasured: dict[str, str]) -> tuple[Check, ...]:
    return (
        Check("output", ours.output, theirs.output),
        *(
            _check(name, ours.metric(name), getattr(theirs, name), unmeasured)
            for name in ("macs", "params", *MEMORY)
        ),
    )


def _check(metric: str, estimate: int, measured: int | None, unmeasured: dict[str, str]) -> Check:
    why = unmeasured.get(metric)
    return Check(metric, estimate, None if why else measured, why)
