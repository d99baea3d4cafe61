"""Inputs that look like a batch or like channels last get a warning; the shape proposed gets none."""

from __future__ import annotations

import warnings

import pytest

from convcost.errors import ConvcostWarning
from tests.spec.helpers import load, net


def doubts(text: str, **settings: str) -> list[tuple[str, str | None]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load(text, **settings)
    found = [item.message.diagnostic for item in caught if isinstance(item.message, ConvcostWarning)]
    assert len(found) == len(caught)
    return [(str(each.loc), each.hint) for each in found]


@pytest.mark.parametrize(
    ("size", "meant"),
    [
        pytest.param("[1, 3, 224, 224]", "[3, 224, 224]", id="a batch of 1"),
        pytest.param("[32, 3, 224, 224]", "[3, 224, 224]", id="a batch of 32"),
        pytest.param("[8, 1, 32, 40]", "[1, 32, 40]", id="grey, not square"),
        pytest.param("[224, 224, 3]", "[3, 224, 224]", id="channels last"),
        pytest.param("[32, 64, 1]", "[1, 32, 64]", id="grey, channels last"),
    ],
)
def test_what_is_doubted(size: str, meant: str) -> None:
    assert [("net.yaml:3:8", f"write {meant}")] == doubts(net("relu", input=size))
    assert [] == doubts(net("relu", input=meant))


def test_what_was_asked_for_is_doubted_in_its_own_form() -> None:
    assert [("--input:1:1", "write 3x224x224")] == doubts(net("relu"), size="224x224x3")
    assert [] == doubts(net("relu"), size="3x224x224")


@pytest.mark.parametrize(
    "size",
    [
        pytest.param("[3, 224, 224]", id="an image"),
        pytest.param("[1, 28, 28]", id="grey"),
        pytest.param("[3, 16, 112, 112]", id="a video"),
        pytest.param("[1, 64, 64, 64]", id="a volume"),
        pytest.param("[256, 14, 14]", id="a feature map"),
        pytest.param("[64, 3, 31, 31]", id="small"),
        pytest.param("[31, 64, 3]", id="few channels"),
        pytest.param("[64, 100]", id="a sequence"),
    ],
)
def test_what_is_not(size: str) -> None:
    assert [] == doubts(net("relu", input=size))
