"""Blocks of published networks that live on rearranged tensors, held against torch as a whole."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from convcost.engine import analyze, settle
from convcost.spec import load_text

torch = pytest.importorskip("torch")
measure = pytest.importorskip("convcost.torch_backend.measure").measure

BLOCKS = {
    # Wang et al. 2018, "Non-local neural networks", figure 2 (embedded Gaussian)
    "non_local": """
      args: {mid: in_channels // 2, out: in_channels, h: in_height, w: in_width}
      layers:
        - residual:
            - matmul:
                g: [{conv: {out: mid, kernel: 1}}, {reshape: {shape: [mid, -1]}}]
                map:
                  - matmul:
                      phi:
                        - conv: {out: mid, kernel: 1}
                        - reshape: {shape: [mid, -1]}
                        - permute: {order: [1, 0]}
                      theta: [{conv: {out: mid, kernel: 1}}, {reshape: {shape: [mid, -1]}}]
                  - softmax: {axis: 0}
            - reshape: {shape: [mid, h, w]}
            - conv: {out: out, kernel: 1, norm: bn}
    """,
    # Hu et al. 2017, "Squeeze-and-excitation networks", figure 2
    "squeeze": """
      args: {out: in_channels}
      layers:
        - mul:
            x: []
            gate:
              - global_avg_pool
              - conv: {out: out // 4, kernel: 1, act: relu}
              - conv: {out: out, kernel: 1}
              - sigmoid
    """,
    # Woo et al. 2018, "CBAM", equation 3: maximum and mean over the channels
    "spatial_attention": """
      args: {w: in_width}
      layers:
        - mul:
            x: []
            gate:
              - permute: {order: [1, 2, 0]}
              - concat:
                  most: [{adaptive_max_pool: {size: [w, 1]}}, {permute: {order: [2, 0, 1]}}]
                  mean: [{adaptive_avg_pool: {size: [w, 1]}}, {permute: {order: [2, 0, 1]}}]
              - conv: {out: 1, kernel: 7, padding: half}
              - sigmoid
    """,
    # Liu et al. 2022, "A ConvNet for the 2020s", figure 4
    "convnext": """
      args: {out: in_channels}
      layers:
        - residual:
            - conv: {out: out, kernel: 7, padding: half, groups: out}
            - permute: {order: [1, 2, 0]}
            - layer_norm: {axis: -1}
            - linear: {out: 4 * out, axis: -1, act: gelu}
            - linear: {out: out, axis: -1}
            - scale: {axis: -1}
            - permute: {order: [2, 0, 1]}
    """,
    # Vaswani et al. 2017, "Attention is all you need", figure 2, over the positions of a map
    "attend": """
      args: {out: in_channels, h: in_height, w: in_width}
      layers:
        - residual:
            - reshape: {shape: [out, -1]}
            - permute: {order: [1, 0]}
            - layer_norm: {name: rows, axis: -1}
            - linear: {name: q, out: out, axis: -1}
            - linear: {name: k, from: rows, out: out, axis: -1}
            - linear: {name: v, from: rows, out: out, axis: -1}
            - attention: {from: [q, k, v], heads: 4}
            - linear: {out: out, axis: -1}
            - permute: {order: [1, 0]}
            - reshape: {shape: [out, h, w]}
    """,
    # the same written out: heads as an axis, queries and values interleaved, so cloned
    "attend_by_matmul": """
      args: {out: in_channels, d: out // 4, h: in_height, w: in_width}
      layers:
        - residual:
            - reshape: {shape: [out, -1]}
            - permute: {name: rows, order: [1, 0]}
            - matmul:
                map:
                  - matmul:
                      q:
                        - linear: {out: out, axis: -1}
                        - reshape: {shape: [h * w, 4, d]}
                        - permute: {order: [1, 0, 2]}
                      k:
                        - linear: {out: out, axis: -1}
                        - reshape: {shape: [h * w, 4, d]}
                        - permute: {order: [1, 2, 0]}
                  - softmax
                v:
                  - linear: {out: out, axis: -1}
                  - reshape: {shape: [h * w, 4, d]}
                  - permute: {order: [1, 0, 2]}
            - permute: {order: [1, 0, 2]}
            - reshape: {shape: [h * w, out]}
            - linear: {out: out, axis: -1}
            - permute: {order: [1, 0]}
            - reshape: {shape: [out, h, w]}
    """,
    # Zhang et al. 2017, "ShuffleNet", figure 2 b; then Shi et al. 2016, equation 4, and back
    "shuffle": """
      args: {out: in_channels, h: in_height, w: in_width}
      layers:
        - residual:
            - conv: {out: out, kernel: 1, groups: 4, norm: {group_norm: {groups: 4}}, act: {leaky_relu: {slope: 0.1}}}
            - channel_shuffle: {groups: 4}
            - conv: {out: out, kernel: 3, padding: half, groups: out, norm: {instance_norm: {affine: true}}}
            - prelu
            - pixel_shuffle: {factor: 2}
            - adaptive_max_pool: {size: [h, w]}
            - upsample: {factor: 2, mode: bilinear}
            - upsample: {size: [h, w]}
            - conv: {out: out, kernel: 1, norm: layer_norm, act: elu}
    """,
}

SPEC = """
convcost: 1
name: {name}
input: [8, 7, 6]
blocks:
  block:
{block}
layers:
  - conv: {{out: 16, kernel: 3, padding: half}}
  - block
"""


def network(name):
    """A convolution, so that a gradient flows, then the block."""
    text = SPEC.format(name=name, block=indent(dedent(BLOCKS[name]), "    "))
    return settle(load_text(text.encode()))


@pytest.mark.parametrize("real", [False, True], ids=["fake", "real"])
@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_figures_are_torchs(name, batch, real):
    graph = network(name)
    report = analyze(graph, batch=batch)

    seen = measure(graph, batch, real=real)

    assert seen.macs == report.totals.cost.macs
    assert seen.params == report.totals.cost.params
    assert seen.buffers == report.totals.cost.buffers
    assert seen.activation_bytes == report.totals.activation_bytes
    assert seen.peak_bytes == report.peaks["eager"].bytes
    assert seen.saved_bytes == report.totals.saved_bytes


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        pytest.param("convnext", [9, 9], id="channels-last layers mix no positions"),
        pytest.param("spatial_attention", [9, 9], id="nor do pools over the channels"),
        pytest.param("attend", [7, 6], id="attention sees the whole map"),
        pytest.param("non_local", [7, 6], id="so does a non-local block"),
    ],
)
def test_receptive_fields_follow_the_axes(name, sizes):
    last = analyze(network(name)).layers[-1]

    assert [field.size for field in last.field] == sizes
    assert [field.stride for field in last.field] == [1, 1]
