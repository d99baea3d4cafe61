"""Tables in little room, in colour, in ASCII, and full of what spec authors may write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.render.layout import GAP, lay_out
from convcost.render.terminal import render
from convcost.render.text import ascii_only, can_show, cells, printable, wrapped
from convcost.view import Amount, Bar, Code, Heading, Note, View, Word
from tests.render import tables
from tests.running import loaded_by

TABLE = tables.of(
    (
        ("stage", {"style": "name"}),
        ("macs", {"right": True}),
        ("", {"style": "bar", "drop": 3}),
        ("saved_bytes", {"right": True, "drop": 2, "fold": True}),
        ("remark", {"drop": 1, "wrap": True}),
    ),
    (
        ("stem", Amount(118_013_952), Bar(1, 1), Amount(4, "bytes"), "the first of them, and the widest"),
        ("stage1.0", Amount(512), Bar(1, 4), Amount(123_456_789, "bytes"), ""),
        ("fc", None, Bar(0, 1), Amount(1024, "bytes"), "last"),
    ),
    ("total", Amount(118_014_464), "", Amount(123_457_817, "bytes"), ""),
)


def test_a_pipe_gets_everything():
    expected = """\
                                    saved_
stage        macs                    bytes  remark
stem      118.0 M  ████████████      4 B    the first of them, and the widest
stage1.0    512    ███           117.7 MiB
fc            –                  1.000 KiB  last
─────────────────────────────────────────────────────────────────────────────
total     118.0 M                117.7 MiB
"""
    assert expected == render(View((TABLE,)))


def test_a_terminal_gets_what_fits():
    expected = """\
stage        macs  remark
stem      118.0 M  the first of them, and the
                   widest
stage1.0    512
fc            –    last
─────────────────────────────────────────────
total     118.0 M
hidden columns (a wider terminal shows them):
saved_bytes
"""
    assert expected == render(View((TABLE,)), width=45)


@pytest.mark.parametrize(
    ("width", "hidden"),
    [
        pytest.param(120, (), id="wide"),
        pytest.param(60, (), id="the remark wraps"),
        pytest.param(45, ("saved_bytes",), id="the bar is hidden, then the bytes"),
        pytest.param(20, ("saved_bytes", "remark"), id="only what always stays"),
        pytest.param(3, ("saved_bytes", "remark"), id="too narrow: numbers stay whole"),
    ],
)
def test_columns_are_hidden_by_their_number(width, hidden):
    assert hidden == lay_out(TABLE, width, unicode=True).hidden


def test_what_is_hidden_is_said():
    assert "hidden columns (a wider terminal shows them): saved_bytes" in render(
        View((TABLE,)), width=45
    ).replace("\n", " ")


@given(st.integers(1, 200))
def test_no_number_is_ever_cropped(width):
    shown = render(View((TABLE,)), width=width)
    assert "118.0 M" in shown
    assert "512" in shown


@given(st.integers(31, 200))
def test_no_line_is_wider_than_the_terminal_once_the_least_fits(width):
    shown = render(View((TABLE,)), width=width)
    assert all(cells(line) <= width for line in shown.splitlines())


def test_numbers_stand_under_numbers():
    grid = lay_out(TABLE, None, unicode=True)
    column = [row[3].text for row in grid.rows]
    assert ["4 B  ", "117.7 MiB", "1.000 KiB"] == column


def test_colour_changes_nothing_but_colour():
    plain, colored = render(View((TABLE,)), width=80), render(View((TABLE,)), width=80, color=True)
    assert "\x1b[36mstem\x1b[0m" in colored
    stripped = colored
    for code in ("\x1b[36m", "\x1b[34m", "\x1b[1m", "\x1b[2m", "\x1b[0m"):
        stripped = stripped.replace(code, "")
    assert [line.rstrip() for line in plain.splitlines()] == [line.rstrip() for line in stripped.splitlines()]


def test_a_word_has_the_colour_of_its_meaning_whatever_its_column():
    table = tables.of(
        (("verdict", {"style": "dim"}),), ((Word("more", "bad"),), (Word("less", "good"),), ("same",))
    )
    lines = render(View((table,)), color=True).splitlines()[1:]
    assert ["\x1b[31mmore\x1b[0m", "\x1b[32mless\x1b[0m", "\x1b[2msame\x1b[0m"] == lines


def test_ascii_has_ascii_only():
    view = View((Heading("3×224×224 · batch 1"), TABLE, Note("naïve – 日本"), Code("⌊x⌋")))
    shown = render(view, unicode=False)
    assert shown.isascii()
    assert "3x224x224 - batch 1" in shown
    assert "############" in shown


HOSTILE = "a\x1b[31mred\x07\r\n\u202e\u2028\x9b\ud800[bold]|`"


@pytest.mark.parametrize("color", [pytest.param(False, id="plain"), pytest.param(True, id="colour")])
@pytest.mark.parametrize(
    "block",
    [
        pytest.param(Note(HOSTILE), id="note"),
        pytest.param(Heading(HOSTILE), id="heading"),
        pytest.param(tables.of((HOSTILE,), ((HOSTILE,),)), id="table"),
    ],
)
def test_control_characters_are_written_out(block, color):
    shown = render(View((block,)), color=color)
    assert "\\x1b[31mred\\x07\\r\\n\\u202e\\u2028\\x9b\\ud800[bold]|`" in shown
    for code in ("\x1b[1m", "\x1b[0m"):
        shown = shown.replace(code, "")
    assert shown.replace("\n", "").isprintable()


def test_letters_of_two_cells_keep_columns_straight():
    table = tables.of(("name", ("n", {"right": True})), (("日本", Amount(1)), ("ab", Amount(22))))
    lines = render(View((table,))).splitlines()
    assert ["日本" + GAP + " 1", "ab  " + GAP + "22"] == lines[1:]


@given(st.text())
def test_printable_text_is_printable_and_printable_text_stays(text):
    shown = printable(text)
    assert shown.isprintable()
    assert shown == text or not text.isprintable()


@given(st.text(st.characters(codec="utf-8")))
def test_ascii_only_is_ascii(text):
    assert ascii_only(text).isascii()


@given(st.lists(st.text("abc", min_size=1, max_size=9), min_size=1), st.integers(1, 30))
def test_wrapping_keeps_words_and_room(words, width):
    lines = wrapped(" ".join(words), width)
    assert words == " ".join(lines).split(" ")
    assert all(len(line) <= width or " " not in line for line in lines)


@pytest.mark.parametrize(
    ("encoding", "able"),
    [
        pytest.param("utf-8", True, id="utf-8"),
        pytest.param("ascii", False, id="ascii"),
        pytest.param("latin-1", False, id="latin-1"),
        pytest.param(None, False, id="unknown"),
        pytest.param("no-such-codec", False, id="nonsense"),
    ],
)
def test_encodings_are_asked(encoding, able):
    assert able == can_show(encoding)


def test_a_plain_table_needs_no_rich_and_a_coloured_one_does():
    code = "from tests.render.test_terminal import TABLE, View, render; render(View((TABLE,)), color={})"
    rich = {
        color: [m for m in loaded_by(code.format(color)) if m.startswith("rich")] for color in (False, True)
    }
    assert [] == rich[False]
    assert "rich.style" in rich[True]
