"""``assert_budget``: the pytest helper."""

from __future__ import annotations

import pytest

from convcost import ConvcostError
from convcost.testing import assert_budget


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param({"macs": "4.1G", "peak_bytes": "10 MiB"}, id="as people write it"),
        pytest.param({"macs": 4_089_184_256, "params": 25_557_032}, id="integers, equal passes"),
        pytest.param({"reduction_saving": {"min": "1.5x"}}, id="at least"),
        pytest.param({"macs": {"max": "120M", "layers": "stem.**"}}, id="on layers"),
        pytest.param({"macs": 4_089_184_256 * 2, "batch": 2}, id="a batch"),
        pytest.param({"macs": "2.2G", "input": "3x160x160"}, id="an input"),
        pytest.param({"weight_bytes": "25 MiB", "dtype": "int8"}, id="a dtype"),
        pytest.param({"macs": {"max": 1, "layers": "none.*", "allow_empty": True}}, id="an empty glob"),
    ],
)
def test_within(limits):
    assert_budget("resnet@50", **limits)


def test_exceeded_says_by_how_much_and_where():
    with pytest.raises(AssertionError) as caught:
        assert_budget("resnet@50", macs=4_089_184_255, params="1k")
    lines = str(caught.value).splitlines()
    assert "resnet@50 exceeds its budget" == lines[0]
    assert "macs 4,089,184,256 is above max 4,089,184,255 by 1 (<0.1%)" == lines[1]
    assert "    stem.conv  118.0 M  resnet (shipped):" in lines[2]
    assert "params 25.56 M is above max 1k by 25.56 M" in "\n".join(lines)


@pytest.mark.parametrize(
    ("spec", "limits", "said"),
    [
        pytest.param("resnet@50", {"mac": "4G"}, "there is no metric 'mac'", id="metric"),
        pytest.param("resnet@50", {"macs": "4g"}, "'g' is not a unit", id="unit"),
        pytest.param("resnet@50", {"macs": {"maks": "4G"}}, "has no 'maks'", id="key"),
        pytest.param("resnet@50", {}, "needs a limit", id="no limit"),
        pytest.param("resnet@51", {"macs": "4G"}, "no variant '51'", id="variant"),
        pytest.param("resnett", {"macs": "4G"}, "no shipped spec", id="spec"),
    ],
)
def test_mistakes_are_no_failures_of_the_budget(spec, limits, said):
    with pytest.raises(ConvcostError, match=said):
        assert_budget(spec, **limits)
