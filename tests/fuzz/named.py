"""Specs by name: ``lenet@classes=3,input=1x32x32``, as every command takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.engine import analyze
from convcost.errors import ConvcostError
from convcost.spec import load
from tests.fuzz.mutate import expression
from tests.fuzz.text import NAMES, mangled, word

if TYPE_CHECKING:
    from random import Random

_REFS = (
    *(
        "lenet@input=1x32x32",
        "tiny.yaml@wide,width=8",
        "resnet_cifar@20,input=3x32x32",
        "tiny.yaml@width=[1,2]",
    ),
    *("tiny.yaml@wide,width=4 * 2,input=3x8x8", "nets/tiny.yaml@width=max(4,8)", "lenet@classes=3"),
)


def draw(random: Random) -> str:
    """Return a SPEC."""
    kind = random.random()
    if kind < 0.2:
        return random.choice(NAMES)
    if kind < 0.5:
        name = random.choice(("tiny.yaml", "lenet", "resnet_cifar"))
        key = random.choice(("width", "classes", "depth", "input", word(random)[:50]))
        return f"{name}@{key}={expression(random)}"
    return mangled(random.choice(_REFS), random)


def judge(ref: str) -> list[str]:
    """Load and analyse a SPEC."""
    try:
        graph = load(ref, stdin=b"")
        analyze(graph)
    except ConvcostError as error:
        return [d.code for d in error.diagnostics]
    return ["networks"]
