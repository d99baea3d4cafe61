"""Activations without settings: each element goes through one function of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import OUTPUT, Bytes, Group, Layout, Memory, Setting, Shape
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import flag


class Activation(OpBase):
    """Base: one evaluation per element.

    TORCH names the class in ``torch.nn``; KEEPS what autograd keeps of a call that is not
    in place: input 0, or OUTPUT where the derivative can be said by the output.
    """

    GROUP: ClassVar[Group] = "activation"
    TORCH: ClassVar[str]
    KEEPS: ClassVar[int] = 0

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        return Cost(activated=prod(output), nonlinearities=1)

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        return Memory(saves=(self.KEEPS,), layout=self.layout(inputs, output, at))

    def layout(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Layout:
        """Return the layout of an output of its own."""
        return _layout.pointwise(inputs, output, at)

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from torch import nn

        return getattr(nn, self.TORCH)()

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        shape = (3, 4, 5)  # 3 · 4 · 5 = 60 elements, one evaluation each
        return (Case(op=cls(), inputs=(shape,), output=shape, cost=Cost(activated=60, nonlinearities=1)),)


@dataclass(frozen=True, kw_only=True)
class InPlaceActivation(Activation):
    """Base of those that torch can also do in place.

    CLONES: whether autograd then keeps a private copy of the input, so that in place saves
    nothing in training; else the overwritten output is all it needs.
    """

    CLONES: ClassVar[bool] = True

    inplace: bool = flag("overwrite the input", default=False)

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        if not self.inplace:
            return super().memory(inputs, output, at)
        layout = at.layouts[0]
        if not self.CLONES:
            return Memory(view_of=0, writes=True, saves=(OUTPUT,), layout=layout)
        copy = Bytes(0, prod(output) * at.element)
        return Memory(view_of=0, writes=True, kept=copy, layout=layout)

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from torch import nn

        return getattr(nn, self.TORCH)(inplace=bool(self.inplace))


class Relu(InPlaceActivation):
    """The positive part: y = max(x, 0).

    Nair & Hinton 2010, "Rectified linear units improve restricted Boltzmann machines".
    """

    NAME = "relu"
    TORCH = "ReLU"
    KEEPS = OUTPUT
    CLONES = False


class Clipped(InPlaceActivation):
    """Base of those that torch writes into a copy made first."""

    def layout(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Layout:
        del output
        return _layout.copied(inputs, at)


class Relu6(Clipped):
    """The positive part, capped: y = min(max(x, 0), 6).

    Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10".
    """

    NAME = "relu6"
    TORCH = "ReLU6"


class Hardtanh(Clipped):
    """Clipped to ±1: y = min(max(x, -1), 1).

    Collobert 2004, "Large scale machine learning", section 5.1.
    """

    NAME = "hardtanh"
    TORCH = "Hardtanh"


class Silu(InPlaceActivation):
    """Also called swish: y = x · σ(x).

    Elfwing et al. 2017, "Sigmoid-weighted linear units".
    """

    NAME = "silu"
    TORCH = "SiLU"


class Mish(InPlaceActivation):
    """A smooth swish: y = x · tanh(ln(1 + eˣ)).

    Misra 2019, "Mish: a self regularized non-monotonic activation function".
    """

    NAME = "mish"
    TORCH = "Mish"


class Hardswish(InPlaceActivation):
    """Swish with a piecewise linear sigmoid: y = x · min(max(x + 3, 0), 6) / 6.

    Howard et al. 2019, "Searching for MobileNetV3", section 5.2.
    """

    NAME = "hardswish"
    TORCH = "Hardswish"


class Hardsigmoid(InPlaceActivation):
    """A piecewise linear sigmoid: y = min(max(x + 3, 0), 6) / 6.

    Howard et al. 2019, "Searching for MobileNetV3", section 5.2.
    """

    NAME = "hardsigmoid"
    TORCH = "Hardsigmoid"


class Selu(InPlaceActivation):
    """Self-normalising: y = λ·x where x > 0, λ·α·(eˣ - 1) elsewhere.

    Klambauer et al. 2017, "Self-normalizing neural networks", equation 2.
    """

    NAME = "selu"
    TORCH = "SELU"
    CLONES = False


class Sigmoid(Activation):
    """The logistic function: y = σ(x) = 1 / (1 + e⁻ˣ).

    Rumelhart, Hinton & Williams 1986, "Learning representations by back-propagating errors".
    """

    NAME = "sigmoid"
    TORCH = "Sigmoid"
    KEEPS = OUTPUT


class Tanh(Activation):
    """The hyperbolic tangent: y = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ).

    LeCun et al. 1998, "Efficient BackProp", section 4.4.
    """

    NAME = "tanh"
    TORCH = "Tanh"
    KEEPS = OUTPUT


class Gelu(Activation):
    """Weighted by the normal distribution: y = x · Φ(x).

    Hendrycks & Gimpel 2016, "Gaussian error linear units".
    """

    NAME = "gelu"
    TORCH = "GELU"


class Softplus(Activation):
    """A smooth positive part: y = ln(1 + eˣ).

    Dugas et al. 2000, "Incorporating second-order functional knowledge".
    """

    NAME = "softplus"
    TORCH = "Softplus"


class LogSigmoid(Activation):
    """The logarithm of the logistic function: y = ln σ(x) = -ln(1 + e⁻ˣ).

    Named in PyTorch's documentation, ``torch.nn.LogSigmoid``.
    """

    NAME = "log_sigmoid"
    TORCH = "LogSigmoid"

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        del inputs
        on_cpu = at.device == "cpu"  # the CPU kernel writes e⁻|ˣ| for the way back; CUDA's computes it anew
        buffer = Bytes(0, prod(output) * at.element * on_cpu)
        return Memory(saves=(0,), kept=buffer, temporary=buffer)


OPS = (
    Relu, Relu6, Hardtanh, Silu, Mish, Hardswish, Hardsigmoid, Selu,
    Sigmoid, Tanh, Gelu, Softplus, LogSigmoid,
)  # fmt: skip
