"""The report of a network: every layer's figures, the totals, and where the peak is.

Exact integers at one batch and dtype; nothing is rounded here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

from convcost.cost import SUMMABLE
from convcost.errors import Diagnostic, UsageError, suggest
from convcost.units import human, sizes

if TYPE_CHECKING:
    from fractions import Fraction

    from convcost.cost import Cost
    from convcost.errors import Loc
    from convcost.ir import Shape


class Field(NamedTuple):
    """Receptive fields of output positions along one spatial dim, in input pixels.

    ``size`` is that of the widest, ``least`` that of the narrowest; both are alike but for what is
    upsampled. After ``period`` positions sizes repeat. ``stride``: how far the fields of
    neighbours lie apart, on the average. ``offset``: the first pixel of position 0's.
    """

    size: int
    stride: int | Fraction
    offset: int
    least: int
    period: int = 1


FIELDS = {
    "receptive_field": "size",
    "receptive_field_least": "least",
    "receptive_field_period": "period",
    "stride": "stride",
    "offset": "offset",
}
"""Under which names programs get a field's figures."""


class Metrics:
    """What a layer, a group and a network can be asked alike: every metric, by attribute or by name."""

    __slots__ = ()
    cost: Cost
    traffic_bytes: int

    @property
    def macs(self) -> int:
        """Multiply-accumulates."""
        return self.cost.macs

    @property
    def flops(self) -> int:
        """Floating-point operations."""
        return self.cost.flops

    @property
    def params(self) -> int:
        """Learnable parameters."""
        return self.cost.params

    @property
    def buffers(self) -> int:
        """Running statistics, step counters included."""
        return self.cost.buffers

    @property
    def nonlinearities(self) -> int:
        """Activation layers."""
        return self.cost.nonlinearities

    @property
    def intensity(self) -> float:
        """Arithmetic intensity: flops per byte moved (0 where nothing moves)."""
        return self.cost.flops / self.traffic_bytes if self.traffic_bytes else 0.0

    def metric(self, name: str) -> int:
        """Return one of ``cost.SUMMABLE`` by its name; raises UsageError for any other word."""
        if name not in SUMMABLE:
            message = f"there is no metric {name!r} that layers add up to"
            hint = suggest(name, SUMMABLE) or f"those there are: {', '.join(SUMMABLE)}"
            raise UsageError(Diagnostic("CC906", message, hint=hint))
        value: int = getattr(self, name)
        return value


Span = tuple[int, int]
"""The first and the last of some neighbouring pixels."""


class Box(NamedTuple):
    """The pixels of one input that a position depends on: per dim the first and the last.

    ``box`` goes on in the padding; ``clipped`` is exactly where a gradient can fall, since positions
    that do not exist see nothing. None: it depends on no pixel. Dims are followed each by itself,
    so a branch that sees only padding along one of them still counts along the others.
    """

    box: tuple[Span, ...] | None
    clipped: tuple[Span, ...] | None


@dataclass(frozen=True, slots=True)
class LayerCost(Metrics):
    """One layer's figures, at the report's batch and dtype.

    ``cost`` is already scaled by the batch. ``peak_bytes`` is what is alive while this
    layer runs (eager policy). ``field`` has one entry per spatial dim of the network's input.
    """

    name: str
    op: str
    role: str | None
    inputs: tuple[Shape, ...]
    output: Shape
    cost: Cost
    weight_bytes: int
    activation_bytes: int
    peak_bytes: int
    saved_bytes: int
    traffic_bytes: int
    field: tuple[Field, ...]
    loc: Loc | None = None


@dataclass(frozen=True, slots=True)
class Totals(Metrics):
    """Figures of a group of layers: sums, and the maximum of the peaks."""

    cost: Cost
    weight_bytes: int
    activation_bytes: int
    peak_bytes: int
    saved_bytes: int
    traffic_bytes: int


class Figures(NamedTuple):
    """What a group of layers costs; ``peak_bytes`` is the most that is alive while they run."""

    macs: int
    params: int
    activation_bytes: int
    peak_bytes: int
    saved_bytes: int
    traffic_bytes: int


class Effect(NamedTuple):
    """What 1×1 reductions do to one figure: what it is with them, and what it is without."""

    present: int
    without: int

    @property
    def word(self) -> str:
        """With the reductions it is 'less', the 'same' or 'more'."""
        if self.present == self.without:
            return "same"
        return "less" if self.present < self.without else "more"


class SiteSaving(NamedTuple):
    """What one 1×1 reduction buys: its site's figures with it and without it.

    ``layer`` reduces ``wide`` channels to ``width`` for its ``readers``, which make ``out``
    of them; ``expand`` is the widening 1×1 of a sandwich. All other sites stay; saved bytes
    are counted so that their difference is the network's.
    """

    layer: str
    readers: tuple[str, ...]
    expand: str | None
    wide: int
    width: int
    out: int
    kernels: tuple[str, ...]
    present: Figures
    without: Figures

    def effect(self, metric: str) -> Effect:
        """Return one of the figures with the reduction and without it."""
        return Effect(getattr(self.present, metric), getattr(self.without, metric))

    @property
    def verdicts(self) -> dict[str, str]:
        """Whether macs, params, peak and saved bytes are less, the same or more."""
        return {metric: self.effect(metric).word for metric in VERDICTS}


VERDICTS: tuple[str, ...] = ("macs", "params", "peak_bytes", "saved_bytes")
"""What a reduction is judged on."""


class RoleShare(NamedTuple):
    """The 1×1 convolutions of one role together: how many, their macs and params.

    ``nonlinearities``: activations directly behind them, their second purpose.
    """

    role: str
    layers: int
    macs: int
    params: int
    nonlinearities: int


class Guess(NamedTuple):
    """A 1×1 convolution at the end of a network: its role as found, and what it may be ``instead``."""

    layer: str
    role: str
    instead: str


class Reductions(NamedTuple):
    """What a network's 1×1 convolutions buy.

    ``totals_without`` are those of the network without its reductions (and without its pool
    projections, where ``projections`` names some). ``kept``: what would be a reduction and
    stays, with the reason. ``lifted``: layers that work in place, but not without.
    ``guesses``: roles that only a declaration could settle.
    """

    sites: tuple[SiteSaving, ...]
    kept: tuple[tuple[str, str], ...]
    totals_without: Totals
    fused_without: int
    roles: tuple[RoleShare, ...]
    projections: tuple[str, ...] = ()
    lifted: tuple[tuple[str, str], ...] = ()
    guesses: tuple[Guess, ...] = ()


class Group(NamedTuple):
    """The layers whose names share a dotted prefix: how many, and their figures."""

    name: str
    layers: int
    totals: Totals


class Live(NamedTuple):
    """A tensor alive at the peak: the layer that made it, its bytes, what it is.

    ``what`` is 'output', 'input' (the network's) or 'temporary'.
    """

    layer: str
    bytes: int
    what: str


class Peak(NamedTuple):
    """The largest sum of live tensors in inference under a policy, and where it is."""

    policy: str
    bytes: int
    at: str
    live: tuple[Live, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """All figures of one network at one batch and dtype."""

    name: str
    spec: str
    variant: str | None
    inputs: dict[str, Shape]  # per sample, by name
    batch: int
    dtype: str
    device: str
    layers: tuple[LayerCost, ...]
    totals: Totals
    peaks: dict[str, Peak]  # by policy: "eager", "fused"
    reductions: Reductions | None = None
    untrainable: str | None = None  # why no training step runs at this batch, and saved bytes mean nothing

    def __eq__(self, other: object) -> bool:
        """Whether all figures are the same, also those of a report that prints itself (``api.Report``)."""
        return isinstance(other, Report) and all(
            getattr(self, field.name) == getattr(other, field.name) for field in fields(self)
        )

    __hash__ = None  # type: ignore[assignment]  # it holds dicts

    def __repr__(self) -> str:
        what = ", ".join(
            (
                " and ".join(map(sizes, self.inputs.values())),
                f"batch {self.batch}",
                self.dtype,
                f"{len(self.layers)} layers",
                f"{human(self.totals.metric('macs'), 'count')} macs",
                f"{human(self.totals.metric('params'), 'count')} params",
            )
        )
        return f"<Report {self.label}: {what}>"

    @property
    def label(self) -> str:
        """Its spec and variant, as the command line takes them."""
        return f"{self.spec}@{self.variant}" if self.variant else self.spec

    @property
    def input(self) -> Shape:
        """The shape of the first input, which most networks have alone."""
        return next(iter(self.inputs.values()))

    def effect(self, metric: str) -> Effect | None:
        """Return a total with the reductions and without them; None if nothing can be removed."""
        found = self.reductions
        if found is None or not (found.sites or found.projections):
            return None
        return Effect(self.totals.metric(metric), found.totals_without.metric(metric))

    def fused_effect(self) -> Effect | None:
        """Return the peak under the fused policy, as ``effect`` does."""
        if self.reductions is None or self.effect("peak_bytes") is None:
            return None
        return Effect(self.peaks["fused"].bytes, self.reductions.fused_without)


def last_map(report: Report) -> LayerCost | None:
    """Return the last layer with more than one spatial position, else the last layer.

    Its receptive field is the network's: after a global pool every field is the whole input.
    """
    maps = (layer for layer in reversed(report.layers) if any(size > 1 for size in layer.output[1:]))
    return next(maps, report.layers[-1] if report.layers else None)
