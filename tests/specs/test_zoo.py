"""The shipped specs meet numbers from outside, as integers."""

from __future__ import annotations

import pytest

import convcost
from convcost.spec import shipped
from tests.specs.facts_table import address, rows, shape

ZOO = [*rows("zoo"), *rows("further")]


@pytest.mark.parametrize("row", [pytest.param(row, id=address(row)) for row in ZOO])
def test_params_and_macs_equal_the_published_integers(row):
    graph = convcost.load(address(row))
    cost = convcost.analyze(graph).totals.cost

    assert shape(row["input"]) == graph.input
    assert (int(row["params"]), int(row["macs"])) == (cost.params, cost.macs)


def test_every_shipped_spec_has_a_fact():
    known = {row["preset"] for row in ZOO} | {"inception_3a"}  # facts/inception_modules.csv

    assert set(shipped.names()) == known


# The widths of each row: 1×1, 3×3 reduction and 3×3, 5×5 reduction and 5×5, pool projection.
MODULES = {
    "CS231n": (128, 64, 192, 64, 96, 64),
    "GoogLeNet inception 3a": (64, 96, 128, 16, 32, 32),
    "GoogLeNet inception 3b": (128, 128, 192, 32, 96, 64),
    "GoogLeNet inception 4a": (192, 96, 208, 16, 48, 64),
}


@pytest.mark.parametrize("row", [pytest.param(row, id=row["module"]) for row in rows("inception_modules")])
def test_inception_modules_with_and_without_their_reductions(row):
    widths = next(w for name, w in MODULES.items() if row["module"].startswith(name))
    settings = dict(zip(("c1", "r3", "c3", "r5", "c5", "proj"), widths, strict=True))
    settings["naive"] = "naive" in row["module"]
    graph = convcost.load("inception_3a", sets=settings, input=row["input"])
    cost = convcost.analyze(graph).totals.cost

    assert (int(row["params"]), int(row["macs"])) == (cost.params, cost.macs)


@pytest.mark.parametrize("row", [pytest.param(row, id=row["network"]) for row in rows("saved")])
def test_saved_bytes_equal_those_of_torchvisions_modules(row):
    expected = int(row["saved_bytes"]) - int(row["beyond"])

    assert expected == convcost.analyze(row["network"], batch=2).totals.saved_bytes
