"""The page says what the committed results say; how long anything took is asserted nowhere."""

from __future__ import annotations

import copy
import sys

import pytest

from bench import __main__ as program
from bench.cases import CASES
from bench.conventions import NETWORK, expected, quantities
from bench.page import render, table
from bench.peers import TOOLS
from bench.scale import SHAPES, text
from bench.targets import targets
from bench.timing import run, short, summary
from convcost import analyze
from convcost.spec import load_text


@pytest.fixture(scope="module")
def results():
    return program.read()


def test_the_page_is_made_from_the_results(results):
    assert render(results) == program.PAGE.read_text("utf-8")
    assert 0 == program.check()


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(("cold", 1, "ratio", "wall", "min"), id="cold start"),
        pytest.param(("peers", "rows", 1, "wall", "median"), id="a peer"),
        pytest.param(("inside", "warm graph_to_report", "ratio", "min"), id="in process"),
        pytest.param(("scale", 0, "us_per_layer"), id="scale"),
        pytest.param(("right", "thop", "transposed"), id="right and wrong"),
        pytest.param(("conventions", "quantities", "normalised"), id="conventions"),
    ],
)
def test_a_page_of_other_results_is_stale(results, path, monkeypatch, capsys):
    changed = copy.deepcopy(results)
    *there, last = path
    inner = changed
    for key in there:
        inner = inner[key]
    inner[last] = 7
    monkeypatch.setattr(program, "read", lambda: changed)
    assert 1 == program.check()
    assert "stale: docs/benchmarks.md" in capsys.readouterr().err


def test_results_are_of_today_s_cases_tools_and_figures(results):
    assert ["convcost", *TOOLS] == list(results["right"])
    for tool, figures in results["right"].items():
        assert list(CASES) == list(figures), tool
    assert {name: case.exact for name, case in CASES.items()} == results["right"]["convcost"]


def test_every_tool_s_figure_for_resnet_50_is_explained_to_the_last_unit(results):
    report = analyze(NETWORK)
    assert expected(report) == results["peers"]["figures"]
    assert {"macs": report.totals.cost.macs, "quantities": quantities(report)} == results["conventions"]
    assert "not explained" not in render(results)


def test_every_limit_is_on_the_page_met_or_missed(results):
    page = render(results)
    for target in targets(results):
        assert f"| {target.what} |" in page
    assert page.count("missed") == sum(not target.met for target in targets(results))


@pytest.mark.parametrize("shape", SHAPES)
def test_scale_specs_expand_to_the_layers_they_claim(shape):
    written, layers = text(shape, 1_000)
    assert layers == len(load_text(written.encode()).layers)
    assert 990 < layers <= 1_000


def test_no_two_layers_of_the_other_spec_are_alike():
    graph = load_text(text("all layers different", 300)[0].encode())
    convs = [node.op for node in graph.layers if node.op.NAME == "conv"]
    assert len(convs) == len(set(convs)) == 100


def test_a_run_says_what_failed():
    with pytest.raises(RuntimeError, match="boom"):
        run([sys.executable, "-c", "raise SystemExit('boom')"])


def test_a_run_measures_time_memory_and_output():
    done = run([sys.executable, "-c", "print(len(bytearray(64_000_000)))"])
    assert "64000000\n" == done.out
    assert done.rss > 64_000_000
    assert done.wall > 0


def test_summaries_keep_four_digits():
    assert {"min": 0.1235, "median": 2.0, "max": 3.0} == summary([0.123456, 2, 3])
    assert 98770.0 == short(98765.4)


def test_tables_are_markdown():
    assert "| a | b |\n| --- | ---: |\n| 1 | 2 |\n" == table(["a", "b"], [["1", "2"]])


def test_unknown_parts_are_refused(capsys):
    assert 2 == program.main(["colt"])
    assert "no such part: colt" in capsys.readouterr().err
