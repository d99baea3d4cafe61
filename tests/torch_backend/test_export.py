"""Exported source: it runs, its weights load, its outputs are build's, and it reads well."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings

from convcost import load
from convcost.cli._specs import variants
from convcost.engine import settle
from convcost.errors import UsageError
from convcost.ir import Graph, Node
from convcost.ops import INDEX, op_class
from convcost.spec import load_text, shipped
from tests.engine.networks import Builder, input_node, networks

torch = pytest.importorskip("torch")

from convcost.torch_backend import build  # noqa: E402  (needs torch)
from convcost.torch_backend.export import source  # noqa: E402  (needs torch)
from convcost.torch_backend.export_calls import construct  # noqa: E402  (needs torch)

EVERY = [variants(name)[0] for name in shipped.names()]

# With inputs on which they take no time for real.
REAL = [
    "lenet",
    "inception_3a",
    "densenet@121,input=3x32x32",
    "googlenet@input=3x32x32",
    "resnet@18,input=3x32x32",
    "mobilenet_v3@small,input=3x32x32",
    "shufflenet_v2@x0_5,input=3x32x32",
    "convnext@tiny,input=3x32x32",
    "unet@input=1x188x188",
    "video_resnet@r3d_18,input=3x4x16x16",
]


def executed(text):
    """Run the source as a module and return its network: the last class that it has."""
    scope: dict[str, object] = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), scope)
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    return scope[names[-1]]()


def outputs(module, x):
    with torch.no_grad():
        found = module.eval()(x.clone())
    return found if isinstance(found, tuple) else (found,)


def assert_same_outputs(graph):
    network, exported = build(graph).double(), executed(source(graph)).double()
    exported.load_state_dict(network.state_dict())
    x = torch.randn((2, *graph.input), dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for expected, actual in zip(outputs(network, x), outputs(exported, x), strict=True):
        # The stride of an axis of size 1 may differ, and choose a kernel that adds up in another
        # order; norms over nearly equal values enlarge that 300 times each.
        torch.testing.assert_close(actual, expected, rtol=1e-6, atol=1e-6, equal_nan=True)


@pytest.mark.parametrize("spec", [pytest.param(ref, id=ref) for ref in EVERY])
def test_shipped_networks_keep_their_parameters_and_shapes(spec):
    graph = load(spec)
    with torch.device("meta"):
        network, exported = build(graph), executed(source(graph))
        x = torch.empty((2, *graph.input))
    expected = {name: value.shape for name, value in network.state_dict().items()}
    assert expected == {name: value.shape for name, value in exported.state_dict().items()}
    shapes = [tuple(output.shape) for output in outputs(exported, x)]
    assert [(2, *graph.shapes[name]) for name in graph.outputs] == shapes


@pytest.mark.parametrize("spec", [pytest.param(ref, id=ref) for ref in REAL])
def test_shipped_networks_compute_what_build_computes(spec):
    assert_same_outputs(load(spec))


@settings(max_examples=80)
@given(networks())
def test_drawn_networks_compute_what_build_computes(graph):
    assert_same_outputs(settle(graph))


ALONE = sorted(name for name in INDEX if op_class(name).ARITY == (1, 1) and not op_class(name).LIKE)


@pytest.mark.parametrize("name", ALONE)
def test_every_op_is_written_with_the_fields_it_has(name):
    for case in op_class(name).cases():
        node = Node("it", case.op, ("input",), case.output)
        with torch.device("meta"):
            exported = executed(source(Graph("one", (input_node(case.inputs[0]), node), ("it",))))
            (output,) = outputs(exported, torch.empty((2, *case.inputs[0])))
        assert (2, *case.output) == tuple(output.shape)
        assert case.cost.params == sum(p.numel() for p in exported.parameters())


def test_no_two_ops_have_modules_of_one_name():
    """An export may contain both."""
    found = {}
    for name in sorted(INDEX):
        for case in op_class(name).cases():
            with torch.device("meta"):
                kind = type(case.op.to_torch(*case.inputs))
            found.setdefault(kind.__name__, set()).add(kind.__qualname__)
    assert [] == [name for name, kinds in found.items() if len(kinds) > 1]


def test_a_module_that_does_not_stand_alone_is_refused():
    factor = 3

    class Thrice(torch.nn.Module):
        def forward(self, x):
            return factor * x

    class Keeping(torch.nn.Module):
        def __init__(self, size):
            super().__init__()
            self.length = size

    with pytest.raises(TypeError, match="Thrice uses factor from outside"):
        construct(Thrice())
    with pytest.raises(TypeError, match=r"Keeping keeps no self\.size"):
        construct(Keeping(3))


def test_a_network_named_for_a_class_it_needs_is_called_otherwise():
    net = Builder(2, 4, 4)
    net.scale("input")
    assert "class ScaleNetwork(nn.Sequential)" in source(replace(net.graph(), name="scale"))


BLOCKS = b"""convcost: 1
name: demo
input: [3, 16, 16]
blocks:
  basic:
    args: {mid: ~, stride: 1}
    layers:
      - residual:
          shortcut: project
          body:
            - conv: {out: mid, kernel: 3, stride: stride, padding: half, norm: bn, act: relu}
            - conv: {out: mid, kernel: 3, padding: half, norm: bn}
      - relu
layers:
  - basic: {name: stage1, mid: 8, repeat: 3}
  - basic: {name: stage2, mid: 16, repeat: 5, first: {stride: 2}}
  - conv: {name: class, out: 4, kernel: 1}
"""


def demo():
    return settle(load_text(BLOCKS))


def test_blocks_that_are_alike_are_one_class():
    text = source(demo())

    assert 1 == text.count("class StageBlock(nn.Module)")
    assert "*(StageBlock(16) for _ in range(4))" in text
    assert "y = y + x" in text


def test_names_that_python_reserves_are_reached_all_the_same():
    exported = executed(source(demo()))

    assert "class.weight" in exported.state_dict()


def test_nothing_of_convcost_is_imported():
    text = source(load("convnext@tiny"))
    imported = {
        name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or node.names[0].name]
    }

    assert {"collections", "torch", "torch.nn.functional"} >= imported


@pytest.mark.parametrize("spec", ["resnet@50", "googlenet", "shufflenet_v2@x1_0", "unet", "inception_v3"])
def test_a_formatter_changes_nothing(spec, tmp_path):
    pytest.importorskip("ruff")
    path = tmp_path / "model.py"
    path.write_text(source(load(spec)), "utf-8")
    for arguments in (["format", "--isolated", "--diff"], ["check", "--isolated"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, str(path)], capture_output=True, text=True, check=False
        )
        assert (0, "") == (done.returncode, done.stdout.replace("All checks passed!\n", ""))


def test_a_level_that_is_torn_apart_is_refused():
    net = Builder(2, 4, 4)
    first = net.conv("input", out=2, kernel=1, name="a.one")
    between = net.relu(first, name="b")
    net.conv(between, out=2, kernel=1, name="a.two")

    with pytest.raises(UsageError, match="the layers of a do not follow one another"):
        source(net.graph())
