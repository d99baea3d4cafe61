"""What a budget says: rules with exact limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from convcost.baseline.subject import AS_WRITTEN, Conditions
from convcost.cost import METRICS, Metric
from convcost.spec.locate import is_path

if TYPE_CHECKING:
    from convcost.baseline.source import Baseline
    from convcost.errors import Loc, Source
    from convcost.units import Exact

FILE_NAME = "convcost.budget.yaml"
VERSION = "1"

SAVING = Metric("reduction_saving", "ratio", "derived", "macs without 1x1 reductions / macs with")

BUDGET_METRICS: dict[str, Metric] = {**METRICS, SAVING.name: SAVING}
"""Every metric a rule may judge."""

POLICIES = ("eager", "fused")
OF = ("each", "sum", "max")
LEVELS = ("error", "warn")
ON_MISSING = ("error", "warn", "skip")


class Limit(NamedTuple):
    """An exact limit, the text people wrote for it, and where.

    A ``max_increase`` in % is a share of the baseline, any other an amount; the value of a
    ``warn`` in % of its limit is that part of it.
    """

    value: Exact
    text: str
    loc: Loc

    @property
    def in_percent(self) -> bool:
        """Whether it was written as a share."""
        return self.text.endswith("%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of a budget.

    ``specs`` are globs that narrow it to some of the budget's specs (None: all). Limits
    are in the metric's unit; a ``max_increase`` in % is a share of the baseline (1/50 for +2%)
    that only counts where the increase is also more than ``and_over``. ``own``: it stands
    in the spec it judges, under ``budget:``.
    """

    id: str
    metric: str
    loc: Loc
    max: Limit | None = None
    min: Limit | None = None
    warn: Limit | None = None
    max_increase: Limit | None = None
    and_over: Limit | None = None
    layers: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    of: str = "sum"
    allow_empty: bool = False
    level: str = "error"
    message: str | None = None
    policy: str = "eager"
    specs: tuple[Pattern, ...] | None = None
    conditions: Conditions = AS_WRITTEN
    own: bool = False

    @property
    def unit(self) -> str:
        """The unit of its metric, as ``units.human`` knows it."""
        return BUDGET_METRICS[self.metric].unit

    @property
    def limits(self) -> tuple[tuple[str, Limit], ...]:
        """Its limits by key, those that stand."""
        return tuple((key, limit) for key in LIMITS if (limit := getattr(self, key)) is not None)

    @property
    def growth_only(self) -> bool:
        """Whether it limits nothing but growth, so that its ``warn`` is about growth too."""
        return self.max is None and self.min is None

    def for_variant(self, variant: str | None) -> Rule:
        """Return the rule for a variant of its spec."""
        return replace(self, conditions=replace(self.conditions, variant=variant))


LIMITS = ("max", "min", "max_increase")


class Pattern(NamedTuple):
    """A glob over files (relative to the budget's folder) or a shipped spec's name."""

    text: str
    loc: Loc

    @property
    def is_path(self) -> bool:
        """Whether it means files."""
        return is_path(self.text)


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget file: its specs, its baseline, its rules. ``folder`` is what paths start from."""

    source: Source
    folder: str
    specs: tuple[Pattern, ...]
    baseline: Baseline | None
    rules: tuple[Rule, ...]
