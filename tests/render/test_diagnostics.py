"""Diagnostics as text: the error text is an interface."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from convcost.errors import Diagnostic, Loc, Source
from convcost.render.diagnostics import render

SPEC = Source("nets/a.yaml", "layers:\n\t- conv: {out: 64, groups: 3}\n")


def test_position_caret_notes_and_hint():
    loc = Loc(SPEC, 2, 19, 6)
    diagnostic = Diagnostic("CC104", "3 groups do not divide 64", loc, "did you mean 4?", ("64×8×8 enters",))
    expected = """\
nets/a.yaml:2:19: error[CC104]: 3 groups do not divide 64
    2 |  - conv: {out: 64, groups: 3}
      |                   ^^^^^^
  note: 64×8×8 enters
  hint: did you mean 4?
"""
    assert expected == render([diagnostic])


def test_what_lies_in_a_block_is_shown_behind_its_use():
    source = Source("a.yaml", "blocks: {b: {layers: [conv: {out: c}]}}\nlayers: [b: {c: 1o}]\n")
    loc = Loc(source, 2, 17, 2, Loc(source, 1, 34, 1))
    expected = """\
a.yaml:2:17: error[CC203]: out must be an integer, not 1o
    2 | layers: [b: {c: 1o}]
      |                 ^^
  note: in the block, at a.yaml:1:34
    1 | blocks: {b: {layers: [conv: {out: c}]}}
      |                                  ^
"""
    assert expected == render([Diagnostic("CC203", "out must be an integer, not 1o", loc)])


def test_without_a_place_there_is_only_the_sentence():
    assert "error[CC101]: no such spec\n" == render([Diagnostic("CC101", "no such spec")])


def test_several_stand_apart():
    first = Diagnostic("CC101", "one")
    assert "error[CC101]: one\n\nerror[CC101]: one\n" == render([first, first])


def test_a_long_line_is_shown_around_its_caret():
    source = Source("x.yaml", "a" * 500 + "BAD" + "b" * 500)
    shown = render([Diagnostic("CC1", "no", Loc(source, 1, 501, 3))]).splitlines()
    start = shown[2].index("^")
    assert "BAD" == shown[1][start : start + 3]
    assert "…" == shown[1][8]
    assert len(shown[1]) < 200


def test_letters_of_two_cells_move_the_caret():
    source = Source("x.yaml", "日本 BAD")
    line, caret = render([Diagnostic("CC1", "no", Loc(source, 1, 4, 3))]).splitlines()[1:]
    assert "    1 | 日本 BAD" == line
    assert "      |      ^^^" == caret


@given(st.text(), st.text(), st.integers(1, 50), st.integers(1, 50))
def test_whatever_the_text_nothing_is_obeyed(text, message, column, length):
    loc = Loc(Source(text, text), 1, column, length)
    shown = render([Diagnostic("CC1", message, loc, message, (text,))])
    assert shown.replace("\n", "").isprintable()
    assert render([Diagnostic("CC1", message, loc)], unicode=False).isascii()


def test_colour():
    shown = render([Diagnostic("CC101", "one")], color=True)
    assert "\x1b[31merror[CC101]\x1b[0m: \x1b[1mone\x1b[0m\n" == shown
