"""Everyday layers: a torch module, the same as a spec, and its multiply-accumulates by hand.

All are without bias, norm or activation, so that no convention can explain a difference:
a figure is right or wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Case(NamedTuple):
    """``exact`` is the product or sum in ``why``, which counts every use of every weight once."""

    module: Callable[[], Any]
    input: tuple[int, ...]
    layers: str
    exact: int
    why: str


def conv(**fields: Any) -> Callable[[], Any]:
    """Return the maker of a ``torch.nn.Conv2d`` without a bias."""

    def make() -> Any:
        from torch import nn

        return nn.Conv2d(**fields, bias=False)

    return make


def transposed(**fields: Any) -> Callable[[], Any]:
    """Return the maker of a ``torch.nn.ConvTranspose2d`` without a bias."""

    def make() -> Any:
        from torch import nn

        return nn.ConvTranspose2d(**fields, bias=False)

    return make


def conv1d() -> Any:
    from torch import nn

    return nn.Conv1d(64, 32, 9, padding=4, bias=False)


def conv3d() -> Any:
    from torch import nn

    return nn.Conv3d(3, 16, 3, padding=1, bias=False)


def linear_on_tokens() -> Any:
    from torch import nn

    return nn.Linear(64, 128, bias=False)


def shared() -> Any:
    """One module, called twice."""
    from torch import nn

    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(16, 16, 3, padding=1, bias=False)

        def forward(self, x: Any) -> Any:
            return self.conv(self.conv(x))

    return Twice()


def functional_conv() -> Any:
    """A convolution written as a call."""
    import torch
    from torch import nn
    from torch.nn import functional

    class Functional(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(32, 16, 3, 3))

        def forward(self, x: Any) -> Any:
            return functional.conv2d(x, self.weight, padding=1)

    return Functional()


def functional_linear() -> Any:
    """A fully connected layer written as a call."""
    import torch
    from torch import nn
    from torch.nn import functional

    class Functional(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(10, 256))

        def forward(self, x: Any) -> Any:
            return functional.linear(x.flatten(1), self.weight)

    return Functional()


def affinities() -> Any:
    """Every token times every other."""
    import torch
    from torch import nn

    class Affinities(nn.Module):
        def forward(self, x: Any) -> Any:
            return torch.matmul(x, x.transpose(1, 2))

    return Affinities()


def attention() -> Any:
    """torch's own attention, one head."""
    from torch import nn
    from torch.nn import functional

    class Attention(nn.Module):
        def forward(self, x: Any) -> Any:
            x = x.unsqueeze(1)
            return functional.scaled_dot_product_attention(x, x, x).squeeze(1)

    return Attention()


CASES: dict[str, Case] = {
    "plain": Case(
        conv(in_channels=3, out_channels=64, kernel_size=7, stride=2, padding=3),
        (3, 224, 224),
        "conv: {out: 64, kernel: 7, stride: 2, padding: half, bias: false}",
        118_013_952,  # out 112² positions; 3 channels × 7² weights for each of 64
        "112² · 3 · 64 · 7²",
    ),
    "depthwise": Case(
        conv(in_channels=32, out_channels=32, kernel_size=3, padding=1, groups=32),
        (32, 56, 56),
        "conv: {out: 32, kernel: 3, padding: half, groups: 32, bias: false}",
        903_168,  # each of 32 channels has its own 3² weights
        "56² · 32 · 3²",
    ),
    "grouped": Case(
        conv(in_channels=64, out_channels=128, kernel_size=3, padding=1, groups=4),
        (64, 28, 28),
        "conv: {out: 128, kernel: 3, padding: half, groups: 4, bias: false}",
        14_450_688,  # an output channel sees 64/4 = 16 channels
        "28² · 64/4 · 128 · 3²",
    ),
    "dilated": Case(
        conv(in_channels=32, out_channels=64, kernel_size=3, padding=2, dilation=2),
        (32, 28, 28),
        "conv: {out: 64, kernel: 3, padding: half, dilation: 2, bias: false}",
        14_450_688,  # holes weigh nothing
        "28² · 32 · 64 · 3²",
    ),
    "padding='same'": Case(
        conv(in_channels=32, out_channels=64, kernel_size=5, padding="same"),
        (32, 28, 28),
        "conv: {out: 64, kernel: 5, padding: same, bias: false}",
        40_140_800,
        "28² · 32 · 64 · 5²",
    ),
    "asymmetric": Case(
        conv(in_channels=128, out_channels=192, kernel_size=(1, 7), padding=(0, 3)),
        (128, 17, 17),
        "conv: {out: 192, kernel: [1, 7], padding: half, bias: false}",
        49_717_248,
        "17² · 128 · 192 · 7",
    ),
    "1-D": Case(
        conv1d,
        (64, 1000),
        "conv: {out: 32, kernel: 9, padding: half, bias: false}",
        18_432_000,
        "1000 · 64 · 32 · 9",
    ),
    "3-D": Case(
        conv3d,
        (3, 8, 28, 28),
        "conv: {out: 16, kernel: 3, padding: half, bias: false}",
        8_128_512,
        "8 · 28² · 3 · 16 · 3³",
    ),
    "transposed": Case(
        transposed(in_channels=64, out_channels=32, kernel_size=4, stride=2, padding=1),
        (64, 28, 28),
        "conv_transpose: {out: 32, kernel: 4, stride: 2, padding: 1, bias: false}",
        25_690_112,  # in 28² positions, each spread over 4² outputs
        "28² · 64 · 32 · 4²",
    ),
    "transposed, grouped": Case(
        transposed(in_channels=64, out_channels=32, kernel_size=4, stride=2, padding=1, groups=4),
        (64, 28, 28),
        "conv_transpose: {out: 32, kernel: 4, stride: 2, padding: 1, groups: 4, bias: false}",
        6_422_528,  # an input channel reaches 32/4 = 8 channels
        "28² · 64 · 32/4 · 4²",
    ),
    "transposed, depthwise": Case(
        transposed(in_channels=32, out_channels=32, kernel_size=4, stride=2, padding=1, groups=32),
        (32, 28, 28),
        "conv_transpose: {out: 32, kernel: 4, stride: 2, padding: 1, groups: 32, bias: false}",
        401_408,
        "28² · 32 · 4²",
    ),
    "shared module": Case(
        shared,
        (16, 28, 28),
        "conv: {out: 16, kernel: 3, padding: half, bias: false, repeat: 2}",
        3_612_672,  # the weights exist once and work twice
        "2 · 28² · 16 · 16 · 3²",
    ),
    "functional conv": Case(
        functional_conv,
        (16, 28, 28),
        "conv: {out: 32, kernel: 3, padding: half, bias: false}",
        3_612_672,
        "28² · 16 · 32 · 3²",
    ),
    "functional linear": Case(
        functional_linear,
        (16, 4, 4),
        "flatten\n  - linear: {out: 10, bias: false}",
        2_560,
        "16 · 4² · 10",
    ),
    "linear on tokens": Case(
        linear_on_tokens,
        (49, 64),
        "linear: {out: 128, axis: -1, bias: false}",
        401_408,  # 49 rows
        "49 · 64 · 128",
    ),
    "matmul": Case(
        affinities,
        (49, 64),
        "matmul: {x: [], turned: [permute: {order: [1, 0]}]}",
        153_664,  # 49 × 64 times 64 × 49
        "49 · 64 · 49",
    ),
    "attention": Case(
        attention,
        (49, 64),
        "attention: {from: [input, input, input]}",
        307_328,  # Q·Kᵀ, then the scores times V
        "2 · 49 · 49 · 64",
    ),
}


def spec(name: str) -> str:
    """Return a case as a spec."""
    case = CASES[name]
    return f"convcost: 1\nname: case\ninput: {list(case.input)}\nlayers:\n  - {case.layers}\n"
