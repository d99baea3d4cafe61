"""What people see, whole, at two widths. ``CONVCOST_GOLDEN=write`` writes the files anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import convcost
from convcost.render import markdown
from convcost.render.terminal import render
from convcost.views import analyze, compare, ops

GOLDEN = Path(__file__).parent / "golden"


def views():
    lenet = convcost.analyze("lenet")
    googlenet = convcost.analyze("googlenet", batch=2, dtype="float16")
    pair = convcost.compare("resnet@34", "resnet@50", "resnet@50_v1")
    return {
        "analyze_lenet": analyze.view(lenet, "lenet"),
        "analyze_googlenet": analyze.view(googlenet, "googlenet"),
        "analyze_layers": analyze.view(lenet, "lenet", analyze.Choice(None, "saved_bytes", 3)),
        "compare": compare.view(pair),
        "compare_layers": compare.layers_view(pair, "peak_bytes", 1),
        "ops_conv": ops.page("conv"),
    }


@pytest.fixture(scope="module")
def shown():
    every = views()
    texts = {
        f"{name}.{width}.txt": render(view, width=width)
        for name, view in every.items()
        for width in (80, 160)
    }
    texts |= {f"{name}.md": markdown.render(view) for name, view in every.items()}
    if os.environ.get("CONVCOST_GOLDEN") == "write":
        for name, text in texts.items():
            (GOLDEN / name).write_text(text, "utf-8")
    return texts


NAMES = sorted(path.name for path in GOLDEN.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_looks_as_it_did(shown, name):
    assert (GOLDEN / name).read_text("utf-8") == shown[name]


def test_every_view_is_held(shown):
    assert NAMES == sorted(shown)


@pytest.mark.parametrize("width", [80, 160])
def test_no_line_is_wider_than_the_terminal(shown, width):
    for name, text in shown.items():
        if f".{width}." in name:
            assert [] == [line for line in text.splitlines() if len(line) > width], name
