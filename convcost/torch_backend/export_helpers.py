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

HELPERS: dict[str, str] = {"Scale": SCALE, "attention": ATTENTION}
"""Helpers by the name under which the source calls them."""
