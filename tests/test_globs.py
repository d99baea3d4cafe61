"""Globs over layer names."""

from __future__ import annotations

import pytest

from convcost.globs import any_of, matches


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        pytest.param("conv1", "conv1", True, id="itself"),
        pytest.param("stage1", "stage1.0.conv1", True, id="a level"),
        pytest.param("stage1", "stage10.conv1", False, id="no part of a level"),
        pytest.param("stage*", "stage10.conv1", True, id="a part of a level"),
        pytest.param("*.conv1", "stage1.conv1", True, id="one level"),
        pytest.param("*.conv1", "stage1.0.conv1", False, id="not two"),
        pytest.param("**.conv1", "stage1.0.conv1", True, id="any number"),
        pytest.param("**.conv1", "conv1", True, id="none at all"),
        pytest.param("**", "a.b", True, id="all"),
        pytest.param("a.**.c", "a.b.b.c.d", True, id="in the middle"),
        pytest.param("c*v*1", "conv1", True, id="several stars"),
        pytest.param("co*nv1", "conv1", True, id="a star for nothing"),
        pytest.param("conv*v1", "conv1", False, id="no character twice"),
        pytest.param("a.b.c", "a.b", False, id="longer than the name"),
    ],
)
def test_matches(pattern, name, expected):
    assert expected == matches(pattern, name)


def test_many_stars_take_no_time():
    assert not matches(".".join(["**", "*a*" * 20] * 20) + ".c", ".".join(["a" * 50] * 60) + ".b")


def test_several_and_none():
    names = ["a.x", "b.x", "c.y"]
    assert ["a.x", "b.x"] == [name for name in names if matches("*.x", name)]
    assert ["a.x", "c.y"] == [name for name in names if any_of(["a", "c.*"])(name)]
    assert names == [name for name in names if any_of(None)(name)]
