"""Several inputs and shared weights on the torch side: hand-written modules are the oracle."""

from __future__ import annotations

import pytest

from convcost.engine import settle
from convcost.errors import UsageError
from convcost.spec import load_text

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402  (torch is there)

from convcost.torch_backend import build  # noqa: E402  (torch is there)
from convcost.torch_backend.export import source  # noqa: E402  (torch is there)
from convcost.torch_backend.verify import verify  # noqa: E402  (torch is there)
from tests.torch_backend.test_export import executed  # noqa: E402  (torch is there)

TEXT = b"""convcost: 1
name: stereo
inputs: {left: [3, 8, 8], right: [3, 4, 4]}
blocks:
  tower:
    layers:
      - conv: {name: a, out: 4, kernel: 3, padding: half, norm: bn, act: relu}
      - conv: {name: b, out: 2, kernel: 1}
outputs: [l, r]
layers:
  - tower: {name: l, from: left}
  - tower: {name: r, from: right, share: l}
"""


class Stereo(nn.Module):
    """The same by hand: one tower, called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.last = nn.Conv2d(4, 2, 1)

    def tower(self, x):
        return self.last(torch.relu(self.norm(self.conv(x))))

    def forward(self, left, right):
        return self.tower(left), self.tower(right)


def inputs():
    generator = torch.Generator().manual_seed(0)
    return [torch.randn((2, 3, size, size), generator=generator) for size in (8, 4)]


@pytest.mark.parametrize(
    "make", [pytest.param(build, id="built"), pytest.param(lambda g: executed(source(g)), id="exported")]
)
def test_one_tower_called_twice(make) -> None:
    ours, by_hand = make(settle(load_text(TEXT))), Stereo()
    state = dict(zip(by_hand.state_dict(), ours.state_dict().values(), strict=True))
    by_hand.load_state_dict(state)
    assert sum(p.numel() for p in by_hand.parameters()) == sum(p.numel() for p in ours.parameters())
    with torch.no_grad():
        expected, actual = by_hand.eval()(*inputs()), ours.eval()(*inputs())
    for one, other in zip(expected, actual, strict=True):
        torch.testing.assert_close(other, one)


@pytest.mark.parametrize("batch", [1, 2])
def test_every_figure_is_torchs(batch) -> None:
    found = verify(settle(load_text(TEXT)), batch)
    assert [] == [check for check in found.totals if not check.exact]


def test_the_gradient_of_a_shared_weight_is_the_sum_over_its_uses() -> None:
    module = build(settle(load_text(TEXT))).double()
    one, other = (each.double() for each in inputs())
    weight = module.get_submodule("l.b").weight
    both, left, right = (
        torch.autograd.grad(sum(each.sum() for each in outputs(module(one, other))), weight)[0]
        for outputs in (lambda pair: pair, lambda pair: pair[:1], lambda pair: pair[1:])
    )
    # float64 sums of a few hundred terms in another order
    torch.testing.assert_close(both, left + right, rtol=1e-12, atol=1e-12)


def test_weights_shared_across_levels_are_not_exported() -> None:
    text = TEXT.replace(
        b"share: l}", b"share: l}\n  - conv: {name: q, from: l.a, out: 2, kernel: 1, share: l.b}"
    )
    with pytest.raises(UsageError, match=r"q shares the weights of l\.b, which is not beside it"):
        source(settle(load_text(text.replace(b"[l, r]", b"[l, r, q]"))))
