"""What all ops share: their class attributes, the checks any op needs, neutral defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from convcost.ir import Problem
from convcost.ops._fields import PADDING, PER_DIM, FieldSpec, field_specs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.cost import Cost
    from convcost.ir import Group, Memory, Setting, Shape, Window


ANY_RANK = (0, 1, 2, 3, 4, 5)
"""Dims of an op that takes tensors of up to six axes."""

_KEEPS_CHANNELS_APART: frozenset[Group] = frozenset(
    {"activation", "dropout", "pool", "global_pool", "join", "gate", "resize"},
)


@dataclass(frozen=True, kw_only=True)
class OpBase:
    """Base of every op. A subclass says NAME and overrides what differs.

    GROUP is what kind of op it is (:data:`convcost.ir.Group`). DIMS: how many spatial dims it takes.
    ARITY: (least, most) tensors it reads. LIKE: whether ``like: name`` may stand in the
    spec. TAKES_NORM_ACT: whether ``norm:`` and ``act:`` may. KEEPS_ORDER: the output is the
    input's elements in their row-major order, under other axes.
    """

    NAME: ClassVar[str]
    GROUP: ClassVar[Group] = "other"
    DIMS: ClassVar[tuple[int, ...]] = ANY_RANK
    ARITY: ClassVar[tuple[int, int | None]] = (1, 1)
    LIKE: ClassVar[bool] = False
    TAKES_NORM_ACT: ClassVar[bool] = False
    KEEPS_ORDER: ClassVar[bool] = False

    @classmethod
    def specs(cls) -> dict[str, FieldSpec]:
        """Return the op's fields by name (made once per class)."""
        if "_specs" not in cls.__dict__:
            cls._specs = field_specs(cls)  # type: ignore[attr-defined]
        return cls._specs  # type: ignore[attr-defined,no-any-return]

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        """Return hand-derived examples, the derivation in a comment beside each number."""
        raise NotImplementedError(cls.NAME)

    def check(self, *inputs: Shape) -> Iterator[Problem]:
        """Yield every reason why the op cannot stand on these inputs."""
        dims = len(inputs[0]) - 1
        if dims not in self.DIMS:
            yield Problem(None, rank_message(self.NAME, self.DIMS, inputs[0]), rank_hint(dims))
            return
        wrong = [p for name, spec in self.specs().items() if (p := self._length(name, spec, dims))]
        yield from wrong
        if not wrong:
            yield from dict.fromkeys(self.problems(*inputs))  # dims that fail alike are one problem

    def _length(self, name: str, spec: FieldSpec, dims: int) -> Problem | None:
        value = getattr(self, spec.attribute)
        if spec.kind not in (PER_DIM, PADDING) or not isinstance(value, tuple) or len(value) == dims:
            return None
        return Problem(name, f"{name} has {len(value)} values, but the input has {dims} spatial dims")

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        """Yield what is invalid beyond rank and lengths. Overridden by most ops."""
        del inputs
        yield from ()

    def shape(self, *inputs: Shape) -> Shape:
        """Return the output's shape: by default the first input's."""
        return inputs[0]

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        """Return the raw counters per sample: there is no default, an op must say."""
        raise NotImplementedError(self.NAME)

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        """Return what it allocates and keeps: there is no default, an op must say."""
        raise NotImplementedError(self.NAME)

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        """Return the windows per spatial dim; () means every position sees itself alone."""
        del inputs, output
        return ()

    def axes(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int | None, ...]:
        """Return the input axis each output axis runs along: by default its own."""
        del inputs
        return tuple(range(len(output)))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        """Return whether a position reads all of axis 0: unless its group rules it out."""
        del inputs
        return self.GROUP not in _KEEPS_CHANNELS_APART

    def untrainable(self, inputs: tuple[Shape, ...], batch: int) -> str | None:
        """Return why it cannot be trained at this batch: by default it can."""
        del inputs, batch
        return None

    def to_torch(self, *inputs: Shape) -> Any:
        """Return the op as a ``torch.nn.Module``; ``inputs`` are per-sample shapes."""
        raise NotImplementedError(self.NAME)


class Case(NamedTuple):
    """A hand-derived example: the op on ``inputs`` gives ``output`` and exactly these counters."""

    op: OpBase
    inputs: tuple[Shape, ...]
    output: Shape
    cost: Cost


def rank_message(name: str, dims: tuple[int, ...], shape: Shape) -> str:
    """Return the sentence for an input of the wrong rank."""
    allowed = " or ".join(str(d) for d in dims)
    return f"{name} needs an input with {allowed} spatial dims, but gets {list(shape)}"


def rank_hint(dims: int) -> str | None:
    """Return what usually helps."""
    return "a flatten before it has removed the spatial dims" if dims == 0 else "flatten first"
