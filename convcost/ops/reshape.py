"""The same elements in another shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.ir import Memory, Problem, Setting, Shape
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import integers
from convcost.ops._formula import prod

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_AXES = 4  # channels and three spatial dims


@dataclass(frozen=True, kw_only=True)
class Reshape(OpBase):
    """A view of the elements, in their order, under other axes; the batch stays apart.

    PyTorch's documentation, ``torch.reshape``; row-major order.
    """

    NAME: ClassVar[str] = "reshape"
    GROUP: ClassVar[str] = "view"
    NEEDS_CONTIGUOUS: ClassVar[bool] = True

    shape_: ClassVar[None] = None
