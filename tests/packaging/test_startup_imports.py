"""What a run imports: start-up time is a feature, and one stray import spends it."""

from __future__ import annotations

import pytest

from tests.running import loaded_by

HEAVY = {
    *("torch", "numpy", "rich", "jsonschema"),
    *("difflib", "json", "csv", "pathlib", "traceback", "logging", "argparse"),
    *("subprocess", "socket", "importlib.metadata"),
}
EXACT = {"fractions", "decimal"}  # 3 ms that only what is fractional pays
OTHERS = {"convcost.to_json.report", "convcost.transforms", "convcost.codes"}  # what a table needs nothing of
RUN = "from convcost.cli._run import run; assert run({}) == 0"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["analyze", "resnet@50"], id="a var holds the name of a block"),
        pytest.param(["analyze", "densenet@121"], id="arithmetic in blocks"),
        pytest.param(["analyze", "vgg@16", "--batch", "2"], id="a batch"),
    ],
)
def test_a_run_of_whole_numbers_imports_nothing_heavy(arguments):
    assert set() == (HEAVY | EXACT | OTHERS) & loaded_by(RUN.format(arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["analyze", "googlenet"], id="a dropout of 0.4"),
        pytest.param(["analyze", "mobilenet_v2"], id="widths by a factor"),
        pytest.param(["compare", "resnet@34", "resnet@50"], id="ratios between networks"),
    ],
)
def test_a_run_with_fractions_imports_those_alone(arguments):
    assert set() == HEAVY & loaded_by(RUN.format(arguments))


@pytest.mark.parametrize("name", ["json", "difflib", "pathlib"])
def test_the_tests_above_can_fail(name):
    assert {name} <= HEAVY & loaded_by(f"import {name}; {RUN.format(['analyze', 'lenet'])}")


def test_only_the_ops_of_the_spec_are_imported():
    loaded = loaded_by(RUN.format(["analyze", "lenet"]))
    assert {"convcost.ops.conv", "convcost.ops.linear"} <= loaded
    assert set() == {"convcost.ops.lrn", "convcost.ops.bn", "convcost.ops.attention"} & loaded
