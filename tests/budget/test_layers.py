"""Which layers a rule's globs mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.budget.layers import Match, matches, prefixes

NAMES = [
    "stem.conv",
    "stem.act",
    "i3a.b1.conv",
    "i3a.b5.one.conv",
    "i3a.b5.two.conv",
    "i3b.b5.one.conv",
    "fc",
]
LEVELS = st.sampled_from(["a", "b", "ab", "conv1"])
LAYERS = st.lists(st.lists(LEVELS, min_size=1, max_size=4).map(".".join), unique=True, max_size=12)
GLOBS = st.lists(st.sampled_from(["a", "*", "**", "a*", "*b"]), min_size=1, max_size=4).map(".".join)


@pytest.mark.parametrize(
    ("globs", "exclude", "expected"),
    [
        pytest.param(["fc"], [], {"fc": ["fc"]}, id="a leaf"),
        pytest.param(["stem"], [], {"stem": ["stem.conv", "stem.act"]}, id="a level is all below it"),
        pytest.param(
            ["i3*.**"],
            [],
            {"i3a": ["i3a.b1.conv", "i3a.b5.one.conv", "i3a.b5.two.conv"], "i3b": ["i3b.b5.one.conv"]},
            id="** takes no level too, so modules stay whole",
        ),
        pytest.param(
            ["**.b5.*"],
            [],
            {
                "i3a.b5.one": ["i3a.b5.one.conv"],
                "i3a.b5.two": ["i3a.b5.two.conv"],
                "i3b.b5.one": ["i3b.b5.one.conv"],
            },
            id="each match on its own",
        ),
        pytest.param(["**.conv"], ["stem.**", "i3a"], {"i3b.b5.one.conv": ["i3b.b5.one.conv"]}, id="exclude"),
        pytest.param(["*.conv"], [], {"stem.conv": ["stem.conv"]}, id="* is one level"),
        pytest.param(["nothing"], [], {}, id="nothing"),
    ],
)
def test_matches(globs, exclude, expected):
    assert [Match(name, tuple(layers)) for name, layers in expected.items()] == matches(globs, exclude, NAMES)


@given(LAYERS, st.lists(GLOBS, min_size=1, max_size=3))
def test_each_layer_counts_once_and_under_a_prefix_of_its_own(names, globs):
    found = matches(globs, [], names)
    layers = [layer for match in found for layer in match.layers]
    assert len(set(layers)) == len(layers)
    assert all(match.name in prefixes(layer) for match in found for layer in match.layers)


@given(LAYERS)
def test_two_stars_are_everything(names):
    assert set(names) == {layer for match in matches(["**"], [], names) for layer in match.layers}


@given(LAYERS, GLOBS)
def test_excluding_what_is_asked_for_leaves_nothing(names, glob):
    assert [] == matches([glob], [glob], names)
