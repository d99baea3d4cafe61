"""What an op costs: raw counters, the metrics made of them, element types.

``Cost`` holds raw counters only. Every published convention (1 or 2 FLOPs per MAC, with
or without biases) is a projection of them at report time; ``FLOPS_PER`` is convcost's.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Raw counters of one op. Those up to ``taps`` are per sample, the rest per layer.

    macs: multiply-accumulates of conv, conv_transpose, linear, matmul; padding included.
    bias_adds: additions of a bias, one per output element.
    normalised: elements scaled and shifted by a norm.
    statistics: elements reduced to a mean and a variance at run time.
    activated: elements put through a non-linear function.
    pooled: window elements a pool looks at (output positions times kernel, padding included).
    added, multiplied: element-wise additions and multiplications of tensors.
    taps: input elements an interpolation weighs.
    params: learnable; buffers: running statistics, with the step counters;
    counters: how many of the buffers are int64 step counters; nonlinearities: 1 for an
    activation layer.
    """

    macs: int = 0
    bias_adds: int = 0
    normalised: int = 0
    statistics: int = 0
    activated: int = 0
    pooled: int = 0
    added: int = 0
    multiplied: int = 0
    taps: int = 0
    params: int = 0
    buffers: int = 0
    counters: int = 0
    nonlinearities: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(**{name: getattr(self, name) + getattr(other, name) for name in COUNTERS})

    def at(self, batch: int) -> Cost:
        """Return the counters for a batch: per-sample ones times ``batch``."""
        if batch == 1:
            return self
        return Cost(
            **{n: getattr(self, n) * (batch if n in PER_SAMPLE else 1) for n in COUNTERS},
        )

    def without_weights(self) -> Cost:
        """Return the counters of a layer whose weights are counted elsewhere."""
        return replace(self, params=0, buffers=0, counters=0)

    @property
    def flops(self) -> int:
        """Floating-point operations, by ``FLOPS_PER``."""
        return sum([per * getattr(self, name) for name, per in FLOPS_PER.items()])


COUNTERS: tuple[str, ...] = tuple(f.name for f in fields(Cost))
PER_SAMPLE: frozenset[str] = frozenset(COUNTERS[: COUNTERS.index("taps") + 1])

FLOPS_PER: dict[str, int] = {
    "macs": 2,  # a multiplication and an addition
    "bias_adds": 1,
    "normalised": 2,  # scale and shift, the statistics being folded into them
    "statistics": 4,  # add to the mean; subtract it, square, add to the variance
    "activated": 1,  # one operation, whatever the function
    "pooled": 1,  # one comparison or addition per window element
    "added": 1,
    "multiplied": 1,
    "taps": 2,  # weigh and add
}


class Dtype(NamedTuple):
    """An element type: its size, and the size of a norm's statistics, in bytes."""

    name: str
    size: int


MAX_BATCH = 10**9
"""More samples than anything holds at once; what they multiply still prints."""

DTYPES: dict[str, Dtype] = {
    name: Dtype(name, size)
    for name, size in (("float64", 8), ("float32", 4), ("float16", 2), ("bfloat16", 2), ("int8", 1))
}


class Metric(NamedTuple):
    """A quantity's name, unit (count, bytes, ratio, pixels), how it rolls up, its meaning."""

    name: str
    unit: str
    rollup: str  # sum | max | derived | none
    doc: str


METRICS: dict[str, Metric] = {
    m.name: m
    for m in (
        Metric("macs", "count", "sum", "multiply-accumulates of conv, conv_transpose, linear and matmul"),
        Metric("flops", "count", "sum", "2 x macs + bias additions + element-wise operations"),
        Metric("params", "count", "sum", "learnable parameters"),
        Metric("buffers", "count", "sum", "running statistics, step counters included"),
        Metric("weight_bytes", "bytes", "sum", "params and buffers at the dtype"),
        Metric("activation_bytes", "bytes", "sum", "newly allocated outputs of all layers in inference"),
        Metric("peak_bytes", "bytes", "max", "largest sum of tensors alive at one moment of inference"),
        Metric("saved_bytes", "bytes", "sum", "what autograd keeps for the backward pass in training"),
        Metric("traffic_bytes", "bytes", "sum", "each layer's inputs, weights and outputs, moved once"),
        Metric("intensity", "ratio", "derived", "flops / traffic_bytes"),
        Metric("nonlinearities", "count", "sum", "activation layers"),
        Metric("receptive_field", "pixels", "none", "input pixels one output position depends on, per dim"),
        Metric("stride", "pixels", "none", "input pixels between neighbouring output positions, per dim"),
        Metric("offset", "pixels", "none", "first input pixel of output 0's receptive field, per dim"),
    )
}

SUMMABLE: tuple[str, ...] = tuple(m.name for m in METRICS.values() if m.rollup in ("sum", "max"))
"""The metrics that layers, groups and totals have as integers."""
