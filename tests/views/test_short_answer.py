"""The short answer of analyze: short for every network, and what matters is where a terminal stops."""

from __future__ import annotations

import pytest

import convcost
from convcost.cli._specs import variants
from convcost.render.terminal import render
from convcost.spec import shipped
from convcost.views import analyze
from convcost.views.reductions import COMPARED, meaning

SPECS = [variant for name in shipped.names() for variant in variants(name)]
MOST_LINES = 40
SCREEN = 24 - 1  # the last line is the prompt's


@pytest.mark.parametrize("spec", SPECS)
def test_it_is_short_and_what_matters_is_on_the_last_screen(spec):
    report = convcost.analyze(spec)
    lines = render(analyze.view(report, spec), width=80).splitlines()
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= 80
    screen = lines[-SCREEN:]
    assert meaning(report) in " ".join(screen[-4:])
    totals = [f"{name:{len('activation_bytes')}}  " for name in COMPARED]
    assert [] == [total for total in totals if not any(line.startswith(total) for line in screen)]


def test_what_the_reductions_of_resnet_50_mean():
    expected = "16 reductions: 6.3× fewer macs, 6.3× fewer params, 25 MiB more kept for training"
    assert expected == meaning(convcost.analyze("resnet@50"))


@pytest.mark.parametrize(
    ("spec", "also", "said"),
    [
        pytest.param(
            "inception_3a",
            ("pool_projection",),
            "2 reductions and 1 pool projection: 2.4× fewer macs, 2.4× fewer params, 98 KiB less at the peak, 1.0 MiB more kept for training",
            id="a projection too",
        ),
        pytest.param(
            "densenet@121",
            (),
            "54 reductions: 1.2× fewer macs, 1.4× fewer params, 784 KiB more at the peak, 23 MiB more kept for training",
            id="a higher peak",
        ),
        pytest.param("lenet", (), "No 1×1 reductions: it has no 1×1 convolutions.", id="none"),
    ],
)
def test_meaning(spec, also, said):
    assert said == meaning(convcost.analyze(spec, also=also))


def test_only_the_largest_stages_are_shown_where_there_are_many():
    lines = render(analyze.view(convcost.analyze("googlenet"), "googlenet"), width=80).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("stage"))
    names = [line.split()[0] for line in lines[start + 1 : start + 13]]
    assert ["conv2", "3b", "4e"] == names[:3]
    assert "10 more stages, 1.024 M macs together; --stages shows all" in lines


@pytest.mark.parametrize("part", analyze.PARTS)
def test_each_part_can_be_had_alone(part):
    text = render(analyze.view(convcost.analyze("resnet@18"), "resnet@18", analyze.Choice((part,))))
    shown = {
        "stages": "stage1" in text,
        "layers": "stage1.0.conv1.conv" in text,
        "sites": "No 1×1 reductions" in text,
        "roles": "1×1 convolutions by role" in text,
        "peak": "Peak of" in text,
        "totals": "intensity: flops per byte of traffic" in text,
    }
    assert shown[part]
