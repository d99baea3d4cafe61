"""Values under which an op changes nothing are values: a table's column of 1s needs them."""

from __future__ import annotations

import pytest

from convcost.ir import CONTIGUOUS, Memory, Setting
from convcost.ops import op_class

IMAGE = (6, 4, 4)

NEUTRAL = [
    ("adaptive_avg_pool", {"size": 4}),
    ("adaptive_max_pool", {"size": 4}),
    ("avg_pool", {"kernel": 1}),
    ("channel_shuffle", {"groups": 1}),
    ("channel_shuffle", {"groups": 6}),
    ("dropout", {"rate": 0}),
    ("leaky_relu", {"slope": 1}),
    ("lrn", {"size": 1}),
    ("max_pool", {"kernel": 1}),
    ("pad", {"size": 0}),
    ("permute", {"order": (0, 1, 2)}),
    ("pixel_shuffle", {"factor": 1}),
    ("reshape", {"shape": IMAGE}),
    ("slice", {"start": 0, "stop": 6}),
    ("upsample", {"factor": 1}),
    ("upsample", {"size": 4}),
]


@pytest.mark.parametrize(("name", "fields"), [pytest.param(*each, id=str(each)) for each in NEUTRAL])
def test_neutral_values_are_taken(name, fields):
    op = op_class(name)(**fields)

    assert [] == list(op.check(IMAGE))
    assert op.shape(IMAGE) == IMAGE


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        pytest.param("channel_shuffle", {"groups": 1}, id="one group"),
        pytest.param("channel_shuffle", {"groups": 6}, id="as many groups as channels"),
        pytest.param("dropout", {"rate": 0}, id="no element dropped"),
    ],
)
@pytest.mark.parametrize("training", [False, True])
def test_what_changes_nothing_is_its_input(name, fields, training):
    at = Setting(4, 4, "cpu", training, (training,), (CONTIGUOUS,))

    assert Memory(view_of=0) == op_class(name)(**fields).memory((IMAGE,), IMAGE, at)
