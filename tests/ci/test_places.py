"""Where findings point: at lines a reader has, and at those that a diff shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from convcost.budget.check import check
from convcost.budget.read import read_budget
from convcost.cli._check_reports import Reporter
from tests.spec.helpers import net

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = "blocks:\n  b:\n    args: {out: 4}\n    layers:\n      - conv: {out: out, kernel: 3}\n"
BUDGET = "convcost_budget: 1\nspecs: [{spec}]\nbudgets:\n  - {{id: small, metric: macs, max: 1}}\n"


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function: a report's text of what a network costs too much."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)

    def text(spec: str, form: str, layers: str = "") -> str:
        (tmp_path / "net.yaml").write_text(layers, "utf-8")
        (tmp_path / "budget.yaml").write_text(BUDGET.format(spec=spec), "utf-8")
        result = check(read_budget("budget.yaml"))
        return Reporter(result, code=result.code(), strict=False, color="never").text(form, "x")

    return text


def test_a_layer_of_a_block_is_where_the_block_is_used(report) -> None:
    said = report("net.yaml", "github", net("b", "b: {out: 64}", head=BLOCK))
    assert "::error file=net.yaml,line=11,col=5," in said


def test_a_mistake_in_an_argument_is_where_it_is_given(report) -> None:
    said = report("net.yaml", "github", net("b", "b: {out: 1o}", head=BLOCK))
    assert "::error file=net.yaml,line=11,col=14," in said
    assert "%0Ain the block, at net.yaml:8:21" in said


def test_a_spec_that_ships_is_no_file_of_the_repository(report) -> None:
    assert "::error file=budget.yaml,line=4," in report("lenet", "github")
    (found,) = json.loads(report("lenet", "sarif"))["runs"][0]["results"]
    places = [place["physicalLocation"]["artifactLocation"]["uri"] for place in found["locations"]]
    assert ["budget.yaml"] == places
