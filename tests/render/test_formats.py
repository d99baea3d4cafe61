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
from convcost.view import Amount, Bar, Code, Column, Heading, Note, Table, View

TABLE = Table(
    (Column("layer"), Column("peak_bytes", right=True), Column("")),
    (("a|b", Amount(10_235_904, "bytes"), Bar(1)), ("_x_", None, Bar(0))),
    ("total", Amount(Fraction(1, 3), "times"), ""),
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
        ["layer", "peak_bytes", ""],
        ["a|b", "10235904", ""],
        ["_x_", "", ""],
        ["a|b", "10235904", ""],
        ["_x_", "", ""],
    ] == rows


def test_csv_of_nothing_is_nothing():
    assert "" == to_csv.render([])


@pytest.mark.parametrize("first", ["=", "+", "-", "@"])
def test_csv_is_no_formula(first):
    table = Table((Column("name"),), ((f'{first}HYPERLINK("x",1)',),))
    row = list(csv.reader(io.StringIO(to_csv.render([View((), table)]))))[1]
    assert [f'\'{first}HYPERLINK("x",1)'] == row


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_csv_rows_stay_rows(texts):
    table = Table(tuple(Column(str(i)) for i in range(len(texts))), (tuple(texts),))
    rows = list(csv.reader(io.StringIO(to_csv.render([View((), table)]))))
    shown = ["'" * text.startswith(("=", "+", "-", "@")) + printable(text) for text in texts]
    assert [shown if texts != [""] else []] == rows[1:]  # a line of nothing is a row of nothing


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
