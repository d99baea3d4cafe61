"""The rows of facts/further.csv that name plain_torch.py, counted again."""

from __future__ import annotations

import pytest

from tests.specs.facts_table import address, rows, shape

torch = pytest.importorskip("torch")

from tests.specs import plain_torch as plain  # noqa: E402  (needs torch)

NETWORKS = {
    "preact_resnet@164": lambda: plain.preact_resnet(164),
    "preact_resnet@1001": lambda: plain.preact_resnet(1001),
    "wide_resnet@40_4": lambda: plain.wide_resnet(40, 4),
    "wide_resnet@16_8": lambda: plain.wide_resnet(16, 8),
    "wide_resnet@28_10": lambda: plain.wide_resnet(28, 10),
    "dainet@m3": lambda: plain.dainet((256, 256), (1,)),
    "dainet@m5": lambda: plain.dainet((128, 128, 256, 512), (1, 1, 1)),
    "dainet@m11": lambda: plain.dainet((64, 64, 128, 256, 512), (2, 2, 3, 2)),
    "dainet@m18": lambda: plain.dainet((64, 64, 128, 256, 512), (4, 4, 4, 4)),
    "fcn8s": plain.Fcn8s,
}
ROWS = {address(row): row for row in rows("further") if "plain_torch.py" in row["source"]}


@pytest.mark.parametrize(("network", "build"), [pytest.param(n, b, id=n) for n, b in NETWORKS.items()])
def test_torch_counts_the_recorded_integers(network, build):
    row = ROWS[network]
    with torch.device("meta"):
        module = build()

    assert (int(row["params"]), int(row["macs"])) == plain.count(module, *shape(row["input"]))


def test_no_row_is_left_out():
    assert set(ROWS) == set(NETWORKS)
