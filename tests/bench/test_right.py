"""The exact column: derived by hand, said again by its own formula, and found by convcost."""

from __future__ import annotations

import pytest

from bench.cases import CASES
from bench.conventions import ADDS, NAMES, NETWORK, expected, quantities
from bench.peers import TOOLS
from bench.right import ours
from convcost import analyze

POWERS = {"²": "**2", "³": "**3", "·": "*"}


@pytest.mark.parametrize("name", CASES)
def test_the_exact_figure_is_what_its_derivation_gives(name):
    formula = CASES[name].why
    for sign, written in POWERS.items():
        formula = formula.replace(sign, written)
    assert CASES[name].exact == eval(formula, {"__builtins__": {}})


@pytest.mark.parametrize("name", CASES)
def test_convcost_finds_the_exact_figure(name):
    assert CASES[name].exact == ours(name)


@pytest.mark.parametrize("name", CASES)
def test_module_and_spec_are_one_layer_of_one_cost(name):
    """torch counts the module alike on the meta device, so the two columns compare one thing."""
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    case = CASES[name]
    with torch.device("meta"):
        module, x = case.module().eval(), torch.empty(1, *case.input)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(x)
    assert 2 * case.exact == counter.get_total_flops()


def test_every_tool_has_a_convention_made_of_known_quantities():
    report = analyze(NETWORK)
    assert set(TOOLS) == set(ADDS)
    assert set(NAMES) == set(quantities(report))
    assert 4_089_184_256 == expected(report)["torch"]
