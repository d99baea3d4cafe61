"""Every YAML block of docs/language.md is read: whole specs as they are, fragments in a small network.

A fragment that begins with ``- `` is the layers of that network; any other is parts of a spec, to
which the rest is added. A block behind ``<!-- skip: next "CC109" -->`` is wrong and gets that code.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from convcost.render.diagnostics import render
from convcost.spec.arithmetic import FUNCTIONS
from convcost.spec.syntax import COMMON, HEAD, SHORTCUTS
from tests.spec.helpers import codes, load, wrong
from tests.spec.test_schema import complaints

PAGE = Path(__file__).parents[2] / "docs" / "language.md"
TEXT = PAGE.read_text(encoding="utf-8")
_BLOCK = re.compile(r"(?:<!-- skip: next \"(CC\d+)\" -->\n)?^```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)

CONTEXT = """\
convcost: 1
name: page
input: [16, 32, 32]
vars: {width: 16, widths: [16, 32], deep: true}
blocks:
  unit:
    args: {out: ~, stride: 1}
    layers:
      - conv: {out: out, kernel: 3, stride: stride, padding: half}
layers:
"""


def whole(block: str) -> str:
    """Return a block as a whole spec."""
    if re.search("^convcost:", block, re.MULTILINE):
        return block
    if block.startswith("- "):
        return CONTEXT + block
    return "convcost: 1\nname: page\ninput: [3, 32, 32]\n" + block


BLOCKS = [
    pytest.param(whole(found[2]), found[1], id=f"line {TEXT.count(chr(10), 0, found.start(2))}")
    for found in _BLOCK.finditer(TEXT)
]


@pytest.mark.parametrize(("text", "code"), BLOCKS)
def test_it_is_read_or_gets_its_code(text: str, code: str | None) -> None:
    assert ([code] if code else []) == codes(text), wrong(text)


@pytest.mark.parametrize(("text", "code"), BLOCKS)
def test_the_schema_takes_what_is_right(text: str, code: str | None) -> None:
    assert code or complaints(text) == []


@pytest.mark.parametrize("word", [*COMMON, *HEAD, *FUNCTIONS, *SHORTCUTS])
def test_it_names_every_word_of_the_language(word: str) -> None:
    assert f"`{word}`" in TEXT


def test_its_diagnostic_is_what_is_printed() -> None:
    from convcost.errors import SpecError

    text = "convcost: 1\nname: n\ninput: [3, 8, 8]\nvars: {width: 8}\nlayers:\n  - conv: {out: widht, kernel: 3}\n"
    with pytest.raises(SpecError) as caught:
        load(text)
    assert f"```text\n{render(caught.value.diagnostics)}```" in TEXT
