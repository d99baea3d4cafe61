"""Reports come back out of the JSON output as they went in."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from fractions import Fraction

import pytest

from convcost import analyze
from convcost.baseline.from_json import read_reports
from convcost.errors import UsageError
from convcost.to_json.report import networks


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
    (back,) = read_reports(json.dumps(networks([report])).encode(), "x.json")
    known = replace(
        report,
        layers=tuple(replace(layer, inputs=(), loc=None) for layer in report.layers),
        peaks={policy: peak._replace(live=()) for policy, peak in report.peaks.items()},
        reductions=None,
    )
    assert known == replace(known, **{field.name: getattr(back, field.name) for field in fields(back)})


def stored(change):
    found = networks([analyze("lenet")])
    change(found["networks"][0])
    return json.dumps(found).encode()


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        pytest.param("stride", ["1/0", 1], '"1/0"\' is not a number of pixels', id="a zero denominator"),
        pytest.param("offset", ["1e999999999", 1], "is not a number of pixels", id="an exponent"),
        pytest.param("receptive_field", [10**3000, 1], "is not a number of pixels", id="a huge field"),
        pytest.param("saved_bytes", 10**300, "is not a count", id="a huge count"),
        pytest.param("saved_bytes", -1, "'-1' is not a count", id="a negative count"),
        pytest.param("saved_bytes", True, "'true' is not a count", id="a boolean"),
        pytest.param("role", {}, "'{}' is not text", id="a role that is a mapping"),
        pytest.param("name", None, "'null' is not text", id="no name"),
    ],
)
def test_what_no_network_has_is_refused(key, value, said):
    def change(network):
        network["layers"][0][key] = value

    with pytest.raises(UsageError) as caught:
        read_reports(stored(change), "x.json")
    assert said in str(caught.value)
    assert len(str(caught.value)) < 200


def test_fractions_and_long_strides_are_read():
    def change(network):
        network["layers"][0]["offset"] = ["-3/2", -(10**1200)]

    (report,) = read_reports(stored(change), "x.json")
    assert [Fraction(-3, 2), -(10**1200)] == [field.offset for field in report.layers[0].field]
