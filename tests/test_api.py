"""The Python API: what may be given as a network, what comes back, what is said of a mistake."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import convcost
from convcost.cost import METRICS, SUMMABLE
from tests.running import ROOT, environment
from tests.running import convcost as program

TINY = {
    "convcost": 1,
    "name": "tiny",
    "input": [3, 8, 8],
    "vars": {"width": 4},
    "layers": [{"conv": {"out": "width", "kernel": 3}}, "relu"],
}
TEXT = "convcost: 1\nname: tiny\ninput: [3, 8, 8]\nvars: {width: 4}\nlayers: [{conv: {out: width, kernel: 3}}, relu]\n"
MACS = 3 * 3 * 3 * 4 * 6 * 6


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the network as files, one with a bare name."""
    monkeypatch.chdir(tmp_path)
    for name in ("tiny.yaml", "tiny"):
        Path(name).write_text(TEXT, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(lambda folder: str(folder / "tiny.yaml"), id="text"),
        pytest.param(lambda folder: folder / "tiny.yaml", id="path"),
        pytest.param(lambda _: Path("tiny.yaml"), id="path in this folder"),
        pytest.param(lambda _: Path("tiny"), id="path that could be a name"),
        pytest.param(lambda _: TINY, id="mapping"),
        pytest.param(lambda _: convcost.load(TINY), id="graph"),
    ],
)
def test_a_network_may_be_given_as(folder, given):
    network = given(folder)
    assert MACS == convcost.analyze(network).totals.macs
    assert [MACS, MACS] == [r.totals.macs for r in convcost.compare(network, network).reports]
    assert {} == convcost.roles(network)


def test_settings_hold_for_a_mapping():
    graph = convcost.load(TINY, sets={"width": 2}, input=(1, 4, 4))
    assert [(1, 4, 4), (2, 2, 2), (2, 2, 2)] == [node.shape for node in graph.nodes]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(0.5, Fraction(1, 2), id="float"),
        pytest.param(Decimal("0.1"), Fraction(1, 10), id="decimal"),
        pytest.param(Fraction(1, 3), Fraction(1, 3), id="fraction"),
        pytest.param("2 / 3", Fraction(2, 3), id="expression"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_numbers_of_a_mapping_are_exact(value, expected):
    layers = [{"dropout": {"rate": value}}]
    assert expected == convcost.load({**TINY, "vars": None, "layers": layers}).nodes[-1].op.rate


def test_several_inputs_are_given_by_name():
    spec = {
        "convcost": 1,
        "name": "two",
        "inputs": {"left": [3, 8, 8], "right": [3, 8, 8]},
        "layers": [{"add": {"from": ["left", "right"]}}],
    }
    shapes = {"left": (3, 4, 4), "right": (3, 4, 4)}
    assert shapes == convcost.load(spec, input=shapes).inputs


def loop():
    found = {**TINY}
    found["vars"] = found
    return found


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param(
            17,
            "a network is a spec's name, its path, a mapping with a spec's keys or a Graph, not int",
            id="int",
        ),
        pytest.param([TINY], "a Graph, not list", id="list"),
        pytest.param(None, "a Graph, not NoneType", id="None"),
        pytest.param({**TINY, "vars": {"a": object()}}, "true and false, not of object", id="object inside"),
        pytest.param(loop(), "nesting deeper than 32 levels", id="a loop"),
        pytest.param({**TINY, "input": [3, 0, 8]}, "<mapping>:3:12: ", id="a mistake has its line"),
        pytest.param(Path("no/such.yaml"), "no/such.yaml cannot be read", id="no file"),
    ],
)
def test_what_is_no_network_is_refused_in_a_sentence(given, said):
    with pytest.raises(convcost.ConvcostError) as caught:
        convcost.analyze(given)
    assert said in str(caught.value)


def test_a_torch_module_is_refused_in_a_sentence():
    nn = pytest.importorskip("torch").nn
    with pytest.raises(convcost.UsageError, match=r"a Graph, not Sequential \(torch modules are not read"):
        convcost.analyze(nn.Sequential(nn.ReLU()))


@pytest.mark.parametrize("name", SUMMABLE)
def test_every_metric_is_an_attribute_too(name):
    report = convcost.analyze(TINY)
    for figures in (report.totals, *report.layers):
        assert figures.metric(name) == getattr(figures, name)
    assert name in METRICS


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("mac", "did you mean 'macs'?", id="nearly one"),
        pytest.param("cost", "those there are: macs, flops, params", id="an attribute, but no metric"),
    ],
)
def test_an_unknown_metric_is_refused(name, hint):
    comparison = convcost.compare(TINY, TINY)
    for ask in (comparison.reports[0].totals.metric, comparison.reports[0].layers[0].metric):
        with pytest.raises(convcost.UsageError) as caught:
            ask(name)
        assert hint in str(caught.value)
    with pytest.raises(convcost.UsageError, match=f"there is no metric '{name}'"):
        comparison.ratio(name, 1)


def test_the_text_of_an_error_has_every_mistake_with_its_hint():
    with pytest.raises(convcost.SpecError) as caught:
        convcost.load({**TINY, "layers": [{"conv": {"out": 4, "kernal": 3}}, "relo"]})
    assert [
        "<mapping>:6:18: conv has no 'kernal' (did you mean 'kernel'?)",
        "<mapping>:7:3: there is no op or block 'relo' (did you mean 'relu'?)",
    ] == str(caught.value).splitlines()


@pytest.mark.parametrize("spec", ["lenet", TINY], ids=["shipped", "mapping"])
def test_what_is_loaded_twice_is_equal(spec):
    one, other = convcost.load(spec), convcost.load(spec)
    assert one == other
    assert convcost.analyze(one) == convcost.analyze(other)
    assert one != convcost.load(spec, input=(1, 40, 40))


def test_type_checkers_know_the_api_and_its_mistakes():
    pytest.importorskip("mypy")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "tests/typing/public_api.py"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "Success: no issues found in 1 source file\n") == (done.returncode, done.stdout)


def test_a_failing_budget_ends_at_the_callers_line(tmp_path):
    path = tmp_path / "test_it.py"
    path.write_text(
        "from convcost.testing import assert_budget\n\n\ndef test_it():\n    assert_budget('lenet', macs='1k')\n",
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert 1 == done.returncode
    assert "test_it.py:5: AssertionError" in done.stdout
    assert "testing.py" not in done.stdout


NETWORKS_OF_MANY_LAYERS = {
    "report": lambda: convcost.analyze("resnet@152"),
    "graph": lambda: convcost.load("resnet@152"),
    "comparison": lambda: convcost.compare("resnet@152", "resnet@101"),
    "site": lambda: convcost.without_reductions("resnet@152").sites[0].site,
    "convolutionalized": lambda: convcost.convolutionalize("vgg@19"),
}


@pytest.mark.parametrize("name", NETWORKS_OF_MANY_LAYERS)
def test_its_repr_is_short(name):
    assert len(repr(NETWORKS_OF_MANY_LAYERS[name]())) < 500


def test_a_report_names_what_it_is_of():
    expected = "<Report resnet@50: 3×224×224, batch 2, float32, 175 layers, 8.178 G macs, 25.56 M params>"
    assert expected == repr(convcost.analyze("resnet@50", batch=2))


def test_as_text_a_report_and_a_comparison_are_what_the_commands_show():
    for text, arguments in (
        (str(convcost.analyze("lenet")), ["analyze", "lenet"]),
        (str(convcost.compare("lenet", "vgg@11")), ["compare", "lenet", "vgg@11"]),
    ):
        assert program(*arguments).stdout == text + "\n"
