"""What an exported network needs besides torch's own modules, as source; included where used."""

from __future__ import annotations

SCALE = '''class Scale(nn.Module):
    """A learned factor, broadcast over the batch and the axes of size 1."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight'''

ATTENTION = '''def attention(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    """Scaled dot-product attention over batch × rows × columns, in heads."""
    q, k, v = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)'''

PARAMETER = '''class Parameter(nn.Module):
    """A learned tensor, the same for every sample of a batch."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(shape))

    def forward(self, batch: int) -> Tensor:
        return self.weight.expand(batch, *self.weight.shape)'''

CONSTANT = '''class Constant(nn.Module):
    """A fixed tensor, the same for every sample of a batch."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.register_buffer("value", torch.zeros(shape))

    def forward(self, batch: int) -> Tensor:
        return self.value.expand(batch, *self.value.shape)'''

HELPERS: dict[str, str] = {
    "Scale": SCALE,
    "Parameter": PARAMETER,
    "Constant": CONSTANT,
    "attention": ATTENTION,
}
"""Helpers by the name under which the source calls them."""
