"""Reports come back out of the JSON output as they went in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from convcost import analyze
from convcost.budget.stored import read_reports
from convcost.to_json.report import document


@pytest.mark.parametrize(
    ("spec", "settings"),
    [
        pytest.param("googlenet", {}, id="googlenet"),
        pytest.param("unet", {"batch": 3, "dtype": "bfloat16"}, id="fractional strides, batch 3, bfloat16"),
        pytest.param("resnet@18", {"dtype": "int8"}, id="a variant, int8"),
    ],
)
def test_round_trip(spec, settings):
    report = analyze(spec, **settings)
    (back,) = read_reports(json.dumps(document([report])).encode(), "x.json")
    known = replace(
        report,
        layers=tuple(replace(layer, inputs=(), loc=None) for layer in report.layers),
        peaks={policy: replace(peak, live=()) for policy, peak in report.peaks.items()},
        reductions=None,
    )
    assert known == back
