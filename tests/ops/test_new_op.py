"""A new op is one file: what ``convcost ops new`` writes passes every op's tests as it stands.

``make tests-without-torch`` runs all tests but these on a tree with new ops; here are those with torch.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from convcost.ops import INDEX
from tests import new_ops
from tests.running import ROOT, convcost

pytestmark = pytest.mark.skipif(new_ops.ALONE in INDEX, reason="these make such a copy, this is one")

SPEC = """\
convcost: 1
name: my_square
input: [3, 4, 5]
layers: [my_square, {conv: {out: 4, kernel: 1}}, twin_one, {residual: [twin_two]}]
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout with new ops."""
    return new_ops.grown(tmp_path_factory.mktemp("checkout"))


def test_a_spec_can_say_it(checkout):
    (network,) = json.loads(new_ops.run(checkout, "-m", "convcost", "analyze", "-", "--json", stdin=SPEC))[
        "networks"
    ]
    assert [("my_square", 60), ("conv", 560), ("twin_one", 80), ("twin_two", 80), ("add", 80)] == [
        (layer["op"], layer["flops"]) for layer in network["layers"]
    ]


@pytest.mark.parametrize("name", new_ops.NAMES)
def test_it_has_a_page(checkout, name):
    assert new_ops.run(checkout, "-m", "convcost", "ops", name).startswith(name)


def test_the_source_that_is_exported_runs_alone(checkout):
    torch = pytest.importorskip("torch")
    text = new_ops.run(checkout, "-m", "convcost", "export", "-", stdin=SPEC)
    assert "class MySquareNetwork(nn.Module)" in text
    assert "convcost" not in text
    scope = {"__name__": "exported"}
    exec(text, scope)
    x = torch.full((1, 3, 4, 5), 2.0)
    network = scope["MySquareNetwork"]()
    y = network.conv1(x * x) ** 2
    assert torch.equal(network(x), y * y + y)


@pytest.mark.slow
def test_it_passes_every_ops_tests_with_torch(checkout):
    pytest.importorskip("torch")
    tests = ("tests/ops", "tests/torch_backend/test_export.py")
    asked = " or ".join((*new_ops.NAMES, "index", "drawn"))
    out = new_ops.run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", asked)
    assert " passed" in out


def test_what_a_formatter_and_a_linter_say_of_it(checkout):
    path = checkout / "convcost" / "ops" / "my_square.py"
    for command in (["ruff", "check"], ["ruff", "format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", *command, path], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (0, "") == (done.returncode, done.stderr), done.stdout


def test_on_stdout_it_may_be_called_as_one_that_exists():
    done = convcost("ops", "new", "conv", "-o", "-")
    assert 0 == done.returncode
    assert '    NAME: ClassVar[str] = "conv"' in done.stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("conv", "there is an op 'conv' already", id="taken"),
        pytest.param("My-Op", "a new op needs a name of small letters", id="no name of a module"),
        pytest.param("_base", "a new op needs a name of small letters", id="not an op's"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name, said):
    done = convcost("ops", "new", name)
    assert done.returncode == 2
    assert said in done.stderr
