"""The page says what the committed results say; how long anything took is asserted nowhere."""

from __future__ import annotations

import pytest

from bench import reality
from bench.reality_page import render
from convcost import analyze


@pytest.fixture(scope="module")
def results():
    return reality.read()


def test_the_page_is_made_from_the_results(results):
    assert render(results) == reality.PAGE.read_text("utf-8")
    assert 0 == reality.main(["--check"])


def test_what_is_predicted_is_what_the_engine_says(results):
    found = {row["network"]: row["macs"]["with"] for row in results["cpu"]["rows"]}

    assert {name: analyze(graph).totals.metric("macs") for name, graph in reality.graphs().items()} == found


def test_without_a_gpu_the_page_says_so(results):
    assert "Not measured: there was no GPU." in render({**results, "gpu": None})


def test_with_a_gpu_it_has_a_table(results):
    page = render({**results, "gpu": {**results["cpu"], "how": reality.GPU}})

    assert "Batch 32, float32, 20 turns." in page


def test_the_executor_is_the_network_written_by_hand():
    torch = pytest.importorskip("torch")
    from bench.resnet50 import ResNet50
    from convcost.torch_backend import build

    with torch.device("meta"):
        ours, hand = build(reality.graphs()["resnet@50"]), ResNet50()
    shapes = [[value.shape for value in network.state_dict().values()] for network in (ours, hand)]
    assert shapes[0] == shapes[1]


def test_an_unknown_argument_is_refused():
    assert 2 == reality.main(["--fast"])
