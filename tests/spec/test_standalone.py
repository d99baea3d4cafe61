"""A spec printed with its variant and settings written in reads back as what was named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from convcost.cli._specs import variants
from convcost.errors import SpecError
from convcost.spec import load, load_text, shipped
from convcost.spec.locate import SpecRef, parse_ref
from convcost.spec.standalone import standalone
from tests.spec.helpers import net

if TYPE_CHECKING:
    from convcost.ir import Graph

HEAD = (
    "vars: {width: 8, act: relu, sizes: [1, 2]}\nvariants: {wide: {width: 16}, small: {input: [3, 16, 16]}}\n"
)
TEXT = net("conv: {out: width, kernel: 1, act: $act, expect: [~, 32, 32]}", head=HEAD)


def plain(graph: Graph) -> Any:
    """Return what a graph is, wherever it is written."""
    return [replace(node, loc=None) for node in graph.nodes], graph.outputs


@pytest.mark.parametrize("name", shipped.names())
def test_every_variant_that_ships(name: str) -> None:
    for ref in variants(name):
        text = standalone(parse_ref(ref))
        assert plain(load(ref)) == plain(load_text(text.encode()))
        assert shipped.read(name)[1].splitlines()[0] in text  # edited, not written anew layer by layer
        assert ref == name or "variants:" not in text


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        pytest.param("-@wide", "vars: {width: 16, act: relu, sizes: [1, 2]}", id="a variant"),
        pytest.param("-@width=max(2,5)", 'vars: {width: "max(2,5)", act: relu, sizes: [1, 2]}', id="a comma"),
        pytest.param("-@wide,width=4 * 2", "vars: {width: 4 * 2, act: relu, sizes: [1, 2]}", id="both"),
        pytest.param("-@act=silu,sizes=[3]", "vars: {width: 8, act: silu, sizes: [3]}", id="words and lists"),
        pytest.param("-@input=3x8x8", "input: [3, 8, 8]", id="an input"),
        pytest.param("-@small", "input: [3, 16, 16]", id="a variant's input"),
    ],
)
def test_what_is_written_where(ref: str, expected: str) -> None:
    text = standalone(parse_ref(ref), TEXT.encode())
    assert expected in text.splitlines()
    assert "variants:" not in text
    assert plain(load(ref, stdin=TEXT.encode())) == plain(load_text(text.encode()))


def test_another_input_expects_other_sizes() -> None:
    assert "expect: [~, ~, ~]" in standalone(parse_ref("-@input=3x8x8"), TEXT.encode())
    assert "expect: [~, 32, 32]" in standalone(parse_ref("-@wide"), TEXT.encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT.replace("vars: {width: 8,", "vars:\n  width:\n    8\n#").split("act: relu")[0]
                     + "\n  act: relu\nvariants:\n  wide:\n    width: 16\n\n# the layers\n"
                     + "layers:\n  - conv: {out: width, kernel: 1, act: $act}\n", id="blocks, not brackets"),
        pytest.param("{convcost: 1, name: n, input: [3, 8, 8], vars: {width: 8}, variants: {wide: {width: 16}}, "
                     "layers: [conv: {out: width, kernel: 1}]}\n", id="all in brackets"),
        pytest.param(TEXT.replace("sizes: [1, 2]", "sizes: [width]"), id="a var of a var"),
        pytest.param(TEXT.replace("\n", "\r\n"), id="other line ends"),
    ],
)  # fmt: skip
def test_other_forms(text: str) -> None:
    found = load_text(standalone(SpecRef("-", "wide"), text.encode()).encode())
    assert plain(load_text(text.encode(), variant="wide")) == plain(found)


def test_a_budget_is_the_variants() -> None:
    text = (
        TEXT.replace("wide: {width: 16}", "wide: {width: 16, budget: {macs: 1 M}}") + "budget: {macs: 4 k}\n"
    )
    printed = standalone(parse_ref("-@wide"), text.encode())
    assert ["budget: {macs: 1 M}"] == [line for line in printed.splitlines() if "budget" in line]
    assert "budget" not in standalone(parse_ref("-@width=4"), text.encode())


def test_as_it_is_written_where_nothing_is_asked() -> None:
    assert TEXT == standalone(parse_ref("-"), TEXT.encode())


def test_a_variant_that_is_none() -> None:
    with pytest.raises(SpecError) as caught:
        standalone(parse_ref("-@wid"), TEXT.encode())
    assert ["CC312"] == [found.code for found in caught.value.diagnostics]
