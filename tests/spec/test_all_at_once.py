"""All mistakes of a spec in one go, and the text in which they are told, to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost.errors import SpecError
from convcost.render.diagnostics import render
from convcost.spec import load_text
from tests.spec.helpers import codes

GOLDEN = Path(__file__).parent / "golden"

PLANTED = {
    "mistakes": ["CC108", "CC315", "CC202", "CC402", "CC303", "CC401", "CC302", "CC308"],
    "text": ["CC306", "CC203", "CC109", "CC107", "CC108", "CC106", "CC103", "CC204", "CC201"],
    "shapes": ["CC310", "CC403", "CC401", "CC404", "CC207", "CC203", "CC205", "CC308", "CC308"],
}


@pytest.mark.parametrize("name", PLANTED)
def test_all_planted_mistakes_are_told(name: str) -> None:
    found = codes((GOLDEN / f"{name}.yaml").read_bytes())
    assert PLANTED[name] == found
    assert len(found) >= 8


@pytest.mark.parametrize("name", PLANTED)
def test_their_text(name: str) -> None:
    """The text is an interface: after a change that is meant, write the golden file anew and read it."""
    with pytest.raises(SpecError) as caught:
        load_text((GOLDEN / f"{name}.yaml").read_bytes(), f"{name}.yaml")
    assert (GOLDEN / f"{name}.txt").read_text(encoding="utf-8") == render(caught.value.diagnostics)


def test_a_hundred_are_enough() -> None:
    lines = "".join(f"  - conv: {{out: x{number}, kernel: 1}}\n" for number in range(150))
    assert len(codes(f"convcost: 1\nname: n\ninput: [3, 8, 8]\nlayers:\n{lines}")) == 100


def test_a_mistake_in_a_block_used_often_is_told_once() -> None:
    text = "convcost: 1\nname: n\ninput: [3, 8, 8]\nblocks: {b: {layers: [conv: {out: x, kernel: 1}]}}\n"
    assert ["CC202"] == codes(text + "layers: [b, b: {repeat: 5}]\n")
