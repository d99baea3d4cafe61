"""Resizing by interpolation: to a multiple, to a size, or to the size of another tensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import PerDim, prod, spread
from convcost.ir import Group, Memory, Problem, Setting, Shape, Window
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import per_dim, word

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
_TAPS = {"nearest": 0, "linear": 2, "bilinear": 2, "trilinear": 2, "bicubic": 4}
"""Positions weighed per dim; nearest only copies."""

_DIMS = {"bilinear": 2, "trilinear": 3, "bicubic": 2}


def nearest_window(size: int, out: int) -> Window:
    """Return the window of the one position ⌊p·size/out⌋."""
    return Window(size, 0, 0, per=out)


def weighed_window(size: int, out: int, taps: int) -> Window:
    """Return the window of the ``taps`` positions around c = (p + ½)·size/out - ½.

    Where c is a position itself, all weights but its own are zero. Else half of the taps lie
    from ⌊c⌋ down, half from ⌈c⌉ up, and none of their weights is zero (Keys' cubic included:
    its weights vanish at whole distances only). c = (2·size·p + size - out) / 2·out.
    """
    return Window(2 * size, size - out, size + out - 1, per=2 * out, beyond=taps // 2 - 1)


@dataclass(frozen=True, kw_only=True)
class Upsample(OpBase):
    """Each output is a weighted sum of the taps^dims inputs around it; corners are not aligned.

    Dumoulin & Visin 2016, "A guide to convolution arithmetic", section 4; Keys 1981, "Cubic
    convolution interpolation", for bicubic.
    """

    NAME: ClassVar[str] = "upsample"
    GROUP: ClassVar[Group] = "resize"
    DIMS: ClassVar[tuple[int, ...]] = (1, 2, 3)
    LIKE: ClassVar[bool] = True

    factor: PerDim | None = per_dim(
        "how many times larger", default=None, fraction="size: gives any output size, as in size: [48, 48]"
    )
    size: PerDim | None = per_dim("output size", default=None)
    mode: str = word("interpolation; linear suits any number of dims", tuple(_TAPS), default="nearest")

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x, likes = inputs[0], inputs[1:]
        dims = len(x) - 1
        given = (self.factor is not None) + (self.size is not None) + len(likes)
        if given != 1:
            said = "none of them" if given == 0 else "several"
            yield Problem(None, f"upsample takes one of factor, size and like, but gets {said}")
        elif likes and len(likes[0]) != len(x):
            yield Problem("like", f"{list(x)} cannot be sized like {list(likes[0])}: the ranks differ")
        if _DIMS.get(self.mode, dims) != dims:
            yield Problem(
                "mode",
                f"{self.mode} needs {_DIMS[self.mode]} spatial dims, but {list(x)} has {dims}",
                "linear suits any number" if self.mode != "bicubic" else None,
            )

    def shape(self, *inputs: Shape) -> Shape:
        x, likes = inputs[0], inputs[1:]
        dims = len(x) - 1
        if likes:
            return (x[0], *likes[0][1:])
        if self.size is not None:
            return (x[0], *spread(self.size, dims))
        factors = spread(self.factor or 1, dims)
        return (x[0], *(n * f for n, f in zip(x[1:], factors, strict=True)))

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        return Cost(taps=prod(output) * _TAPS[self.mode] ** (len(inputs[0]) - 1))

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        return Memory(layout=_layout.image(inputs, output, at))

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        taps = _TAPS[self.mode]
        each = zip(inputs[0][1:], output[1:], strict=True)
        return tuple(weighed_window(n, o, taps) if taps else nearest_window(n, o) for n, o in each)

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        dims = len(inputs[0]) - 1
        mode = _LINEAR[dims] if self.mode == "linear" else self.mode
        return nn.Upsample(size=self.shape(*inputs)[1:], mode=mode)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # copies weigh nothing
            Case(op=cls(factor=2), inputs=((64, 28, 28),), output=(64, 56, 56), cost=Cost()),
            # FCN-8s in one step: 21 · 224 · 224 outputs of 2·2 taps = 1,053,696 · 4
            Case(
                op=cls(mode="bilinear"),
                inputs=((21, 28, 28), (3, 224, 224)),
                output=(21, 224, 224),
                cost=Cost(taps=4_214_784),
            ),
            # 8 · 6 · 6 outputs of 4·4 taps = 288 · 16
            Case(
                op=cls(size=6, mode="bicubic"),
                inputs=((8, 4, 4),),
                output=(8, 6, 6),
                cost=Cost(taps=4608),
            ),
        )


OPS = (Upsample,)
