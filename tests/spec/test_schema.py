"""The JSON Schema of the language: it takes what the reader takes, and refuses what no reader could."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convcost
from convcost.codes import CODES
from convcost.errors import ConvcostError
from convcost.spec import load_text, shipped
from convcost.spec.schema import schema
from tests.fuzz.mutate import mutated
from tests.running import convcost as run
from tests.spec.plain import plain

SCHEMA = schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
COMMITTED = Path(convcost.__file__).parent / "schemas" / "spec.schema.json"

NET = "convcost: 1\nname: n\ninput: [3, 8, 8]\nlayers:\n"


def complaints(text: str) -> list[str]:
    return [error.message[:300] for error in VALIDATOR.iter_errors(plain(text))]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_command_prints_the_one_that_ships() -> None:
    done = run("schema")
    assert (0, "") == (done.returncode, done.stderr)
    assert COMMITTED.read_text(encoding="utf-8") == done.stdout


@pytest.mark.parametrize("name", shipped.names())
def test_shipped_specs_pass(name: str) -> None:
    assert [] == complaints(shipped.read(name)[1])


@pytest.mark.parametrize("code", [code for code, entry in CODES.items() if entry.right])
def test_the_right_examples_of_the_codes_pass(code: str) -> None:
    assert [] == complaints(CODES[code].right)


@settings(max_examples=40, derandomize=True)
@given(st.integers(0, 2**32))
def test_what_the_reader_takes_passes(seed: int) -> None:
    """Batches of 25 mangled specs each; most are refused by the reader, and say nothing here."""
    random = Random(seed)
    for text in (mutated(random) for _ in range(25)):
        try:
            load_text(text.encode("utf-8", "surrogatepass"))
        except ConvcostError:
            continue
        assert [] == complaints(text), text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(NET + "  - relu\nsharing: 1\n", id="unknown key of a spec"),
        pytest.param("convcost: 1\nname: n\nlayers: [relu]\n", id="no input"),
        pytest.param("convcost: 2\nname: n\ninput: [3, 8]\nlayers: [relu]\n", id="another version"),
        pytest.param("convcost: 1\nname: n\ninput: [3]\nlayers: [relu]\n", id="input of one value"),
        pytest.param("convcost: 1\nname: n\ninput: [3, 0]\nlayers: [relu]\n", id="size 0"),
        pytest.param("convcost: 1\nname: n\ninput: [3, 8]\nlayers: {relu: {}}\n", id="layers a mapping"),
        pytest.param(NET + "  - conv: {out: 8, kernal: 3}\n", id="unknown field"),
        pytest.param(NET + "  - conv: {out: 8}\n", id="missing field"),
        pytest.param(NET + "  - conv: {out: true, kernel: 3}\n", id="flag for a count"),
        pytest.param(NET + "  - conv: {out: 0, kernel: 3}\n", id="count of 0"),
        pytest.param(NET + "  - conv: {out: 1.5, kernel: 3}\n", id="fractional count"),
        pytest.param(NET + "  - conv: {out: [8], kernel: 3}\n", id="list for a count"),
        pytest.param(NET + "  - conv: {out: 8, kernel: {h: 3}}\n", id="mapping for a kernel"),
        pytest.param(NET + "  - conv: {out: 8, kernel: 3, bias: 0}\n", id="number for a flag"),
        pytest.param(NET + "  - conv: {out: 8, kernel: 3, act: bn}\n", id="norm for an act"),
        pytest.param(NET + "  - conv: {out: 8, kernel: 3, act: {relu: {slop: 1}}}\n", id="field of an act"),
        pytest.param(NET + "  - conv: {out: 8, kernel: 3, role: classify}\n", id="unknown role"),
        pytest.param(
            NET + "  - conv: {out: 8, kernel: 3, first: {kernal: 3}}\n", id="unknown field in first"
        ),
        pytest.param(NET + "  - conv: {out: 8, kernel: 3, repeat: -1}\n", id="negative repeat"),
        pytest.param(NET + "  - conv: {out: 8, kernel: 3}\n    relu: {}\n", id="two ops in one line"),
        pytest.param(NET + "  - relu: {out: 8}\n", id="field of another op"),
        pytest.param(NET + "  - upsample: {factor: 2, mode: cubic}\n", id="unknown word"),
        pytest.param(NET + "  - concat: {a: relu}\n", id="branch that is no list"),
        pytest.param(NET + "  - residual: {shortcut: project}\n", id="residual without body"),
        pytest.param(NET + "  - residual: {shortcut: projct, body: [relu]}\n", id="unknown shortcut"),
        pytest.param(NET.replace("layers", "vars: {a: {b: 1}}\nlayers") + "  - relu\n", id="var a mapping"),
        pytest.param(NET.replace("layers", "blocks: {a: {layer: []}}\nlayers") + "  - a\n", id="block key"),
    ],
)
def test_it_refuses(text: str) -> None:
    assert complaints(text) != []
    with pytest.raises(ConvcostError):
        load_text(text.encode())


@pytest.mark.parametrize("name", shipped.names())
def test_shipped_specs_tell_editors_where_it_is(name: str) -> None:
    (where,) = re.findall(r"^# yaml-language-server: \$schema=(\S+)$", shipped.read(name)[1], re.MULTILINE)
    assert COMMITTED.resolve() == (Path(shipped.folder()) / where).resolve()
