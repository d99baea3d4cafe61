"""What the views say: alignment of networks, ranking, peaks, pages of ops."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convcost
from convcost.comparison import aligned, ratio
from convcost.cost import METRICS, SUMMABLE
from convcost.ops import INDEX
from convcost.render.terminal import render
from convcost.views import analyze, compare, ops
from convcost.views.cells import SORTABLE


@pytest.fixture(scope="module")
def lenet():
    return convcost.analyze("lenet")


NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True).map(lambda names: dict.fromkeys(names, 1))


@given(st.lists(NAMES, min_size=1, max_size=3))
def test_aligned_has_every_name_once_and_keeps_the_baselines_order(columns):
    names = [name for name, _ in aligned(columns)]
    assert sorted(set().union(*columns)) == sorted(names)
    assert list(columns[0]) == [name for name in names if name in columns[0]]


def test_a_name_the_baseline_lacks_stands_behind_its_own_neighbour():
    rows = aligned([{"a": 1, "c": 3}, {"x": 9, "a": 1, "b": 2, "c": 3}])
    assert [("x", (None, 9)), ("a", (1, 1)), ("b", (None, 2)), ("c", (3, 3))] == rows


@pytest.mark.parametrize(
    ("value", "baseline", "expected"),
    [
        pytest.param(3, 2, Fraction(3, 2), id="exact"),
        pytest.param(0, 0, 1, id="both nothing"),
        pytest.param(3, 0, None, id="from nothing"),
    ],
)
def test_ratio(value, baseline, expected):
    assert expected == ratio(value, baseline)


@pytest.mark.parametrize("metric", SORTABLE)
def test_sorted_by_a_metric_its_column_stays_however_narrow(lenet, metric):
    view = analyze.view(lenet, "lenet", analyze.Choice(("layers",), sort=metric))
    titles = render(view, width=40).replace("_\n", "_")
    assert metric.rpartition("_")[2] in titles
    values = _column(view, metric)
    assert sorted(values, reverse=True) == values


def _column(view, metric):
    column = next(column for column in view.data.for_programs() if column.name == metric)
    return [column.cell(item).value for item in view.data.items]


def test_stages_sum_to_the_totals(lenet):
    data = analyze.view(lenet, "lenet")
    for name in SUMMABLE:
        if METRICS[name].rollup == "sum":
            assert lenet.totals.metric(name) == sum(_column(data, name)), name
    assert lenet.totals.peak_bytes == max(_column(data, "peak_bytes"))


def test_what_is_alive_sums_to_the_peak(lenet):
    for peak in lenet.peaks.values():
        assert peak.bytes == sum(tensor.bytes for tensor in peak.live)


def test_what_top_leaves_out_is_counted(lenet):
    shown = render(analyze.view(lenet, "lenet", analyze.Choice(("layers",), sort="macs", top=1)))
    assert "7 more layers, 693.0 k macs together" in shown  # 2,293,000 - 1,600,000


def test_a_network_without_a_layer_of_that_name_shows_a_dash():
    pair = convcost.compare("resnet@18", "resnet@34")
    shown = render(compare.layers_view(pair, "macs", 2))
    assert "– has no stage of this name" in shown
    assert any(line.startswith("stage1.2 ") and " – " in line for line in shown.splitlines())


@pytest.mark.parametrize("name", sorted(INDEX))
def test_every_op_has_a_page_with_its_fields_and_an_example(name):
    text = render(ops.page(name))
    assert "Example" in text
    for field in ops.op_class(name).specs():
        assert f"\n{field} " in text


def test_the_public_api_is_what_it_says():
    assert set(convcost.__all__) <= set(dir(convcost))
    for name in convcost.__all__:
        assert getattr(convcost, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        _ = convcost.analyse


def test_load_takes_settings_as_python_values():
    graph = convcost.load("mobilenet_v1", sets={"width": 0.5}, input=(3, 160, 160))
    assert (3, 160, 160) == graph.input
    assert 76_524_800 == convcost.analyze(graph).totals.cost.macs
    with pytest.raises(convcost.UsageError):
        convcost.load("no_such_network")


def test_reports_of_different_settings_compare(lenet):
    pair = convcost.compare(lenet, convcost.analyze("lenet", batch=3))
    assert 3 == pair.ratio("macs", 1)
    assert 1 == pair.ratio("params", 1)
    assert "batch 1, float32 / batch 3, float32" in render(compare.view(pair))
