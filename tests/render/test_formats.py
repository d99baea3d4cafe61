"""Markdown, CSV and JSON: exact, and harmless whatever a spec says."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.render import csv as to_csv
from convcost.render import json as to_json
from convcost.render import markdown
from convcost.render.text import printable
from convcost.view import Amount, Bar, Code, Heading, Note, Quotient, Sizes, View, Word
from tests.render import tables

TABLE = tables.of(
    ("layer", ("peak_bytes", {"right": True}), ("", {"key": ""})),
    (("a|b", Amount(10_235_904, "bytes"), Bar(1, 1)), ("_x_", None, Bar(0, 1))),
    ("total", Quotient(2, 6, "times"), ""),
)


def test_markdown():
    expected = """\
### net <b>

| layer | peak_bytes |
| --- | ---: |
| a\\|b | 9.762 MiB |
| \\_x\\_ | – |
| **total** | **0.3333×** |

*1 MAC = 2 FLOPs*

````
- conv: ```
````
"""
    blocks = (Heading("net <b>"), TABLE, Note("1 MAC = 2 FLOPs", "dim"), Code("- conv: ```"))
    assert expected.replace("<b>", "\\<b\\>") == markdown.render(View(blocks))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("@everyone", "&#64;everyone", id="mention"),
        pytest.param("[a](http://b)", "\\[a\\](http://b)", id="link"),
        pytest.param("<!-- x -->", "\\<!-- x --\\>", id="comment"),
        pytest.param("a\n# b\x1b[0m", "a\\\\n\\# b\\\\x1b\\[0m", id="control"),
        pytest.param("peak_bytes", "peak_bytes", id="inner underscore"),
    ],
)
def test_markdown_escapes(text, shown):
    assert shown == markdown.escaped(text)


def test_csv_has_exact_values_under_one_header():
    views = [View((), TABLE), View((), None), View((), TABLE)]
    rows = list(csv.reader(io.StringIO(to_csv.render(views))))
    assert [
        ["layer", "peak_bytes"],
        ["a|b", "10235904"],
        ["_x_", ""],
        ["a|b", "10235904"],
        ["_x_", ""],
    ] == rows


@pytest.mark.parametrize(
    ("cell", "people", "programs"),
    [
        pytest.param(Sizes((3, 224, 224)), "3×224×224", "[3, 224, 224]", id="shape"),
        pytest.param(Sizes((1, Fraction(3, 2))), "1×3/2", '[1, "3/2"]', id="fractions"),
        pytest.param(Quotient(6, 4, "times"), "1.500×", "3/2", id="quotient"),
        pytest.param(Quotient(6, 0, "times"), "–", "", id="of nothing"),
        pytest.param(Word("less", "good"), "less", "less", id="word"),
        pytest.param(True, "yes", "true", id="truth"),
        pytest.param(None, "–", "", id="nothing"),
        pytest.param(Amount(Fraction(4, 2)), "2", "2", id="whole fraction"),
    ],
)
def test_a_cell_for_people_and_for_programs(cell, people, programs):
    table = tables.of(("x",), ((cell,),))
    rows = list(csv.reader(io.StringIO(to_csv.render([View((), table)]))))
    assert ["x", programs] == [field for row in rows for field in row]
    assert f"| {people} |" == markdown.render(View((table,))).splitlines()[-1]


def test_columns_may_be_for_people_or_for_programs():
    table = tables.of(
        (("shown", {"key": ""}), ("known", {"hidden": True}), ("a", {"key": "b"})), (("1", "2", "3"),)
    )
    assert "known,b\n2,3\n" == to_csv.render([View((), table)])
    assert "| shown | a |\n" in markdown.render(View((table,)))


def test_csv_of_nothing_is_nothing():
    assert "" == to_csv.render([])


@pytest.mark.parametrize("first", ["=", "+", "-", "@"])
def test_csv_is_no_formula(first):
    table = tables.of(("name",), ((f'{first}HYPERLINK("x",1)',),))
    row = list(csv.reader(io.StringIO(to_csv.render([View((), table)]))))[1]
    assert [f'\'{first}HYPERLINK("x",1)'] == row


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_csv_rows_stay_rows(texts):
    table = tables.of(tuple(map(str, range(len(texts)))), (tuple(texts),))
    rows = list(csv.reader(io.StringIO(to_csv.render([View((), table)]))))
    shown = ["'" * text.startswith(("=", "+", "-", "@")) + printable(text) for text in texts]
    assert [shown] == rows[1:]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda part: st.lists(part, max_size=4) | st.dictionaries(st.text(), part, max_size=4),
)


@given(JSON)
def test_json_is_json_and_ascii(data):
    text = to_json.render(data)
    assert data == json.loads(text)
    assert text.isascii()


def test_json_keeps_scalars_on_one_line():
    data = {"input": [3, 2], "layers": [{"name": "a", "output": [1, 2]}, {"name": "b", "output": []}]}
    expected = """\
{
  "input": [3, 2],
  "layers": [
    {"name": "a", "output": [1, 2]},
    {"name": "b", "output": []}
  ]
}
"""
    assert expected == to_json.render(data)
