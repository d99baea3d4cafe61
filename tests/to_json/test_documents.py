"""Every JSON document: it begins alike, and is just what the schema that ships says."""

from __future__ import annotations

import json
from functools import cache

import click
import pytest
from jsonschema import Draft202012Validator

from convcost.cli._group import COMMANDS, LazyGroup
from convcost.version import SCHEMA_VERSION, __version__
from tests.budget.repository import Repo
from tests.running import ROOT, convcost

TINY = """\
convcost: 1
name: tiny
inputs: {left: [8, 6, 6], right: [8, 6, 6]}
variants: {wide: {inputs: {left: [8, 8, 8], right: [8, 8, 8]}}}
layers:
  - add: {from: [left, right]}
  - conv: {name: squeeze, out: 4, kernel: 1, act: relu}
  - conv: {name: expand, out: 8, kernel: 3, padding: half, norm: bn}
budget: {macs: 1 k, params: {max: 10 k}}
"""
SINGLE = TINY.replace("inputs: {left: [8, 6, 6], right: [8, 6, 6]}", "input: [8, 6, 6]").replace(
    "  - add: {from: [left, right]}\n", ""
)
WRONG = "convcost: 1\nname: n\ninput: [3, 8, 8]\nlayers: [{conv: {out: 4, kernal: 3}}, relo]\n"
ANY = "tiny.yaml"
ONE = "one.yaml"


NEED_TORCH = {"verify", "profile"}


def document(schema, *arguments, codes=(0,)):
    return pytest.param(schema, arguments, codes, id=" ".join(arguments))


DOCUMENTS = [
    document("report", "analyze", ANY, f"{ANY}@wide", "inception_3a"),
    document("report", "compare", ANY, "lenet"),
    document("explain", "explain", ANY),
    document("explain", "explain", ANY, "expand"),
    document("field", "field", ANY),
    document("field", "field", "lenet", "pool2", "--at", "0,3"),
    document("transform", "without", ANY, "-o", "made.yaml"),
    document("transform", "reduce", "lenet", "--ratio", "2", "-o", "made.yaml"),
    document("transform", "convolutionalize", "lenet", "-o", "made.yaml"),
    document("breakeven", "breakeven", ANY),
    document("breakeven", "breakeven", "lenet"),
    document("check", "check", ANY, codes=(1,)),
    document("diff", "diff", ANY, f"{ANY}@wide"),
    document("diff", "diff", "git:HEAD", ANY),
    document("validate", "validate", ANY, "lenet"),
    document("validate", "validate", ANY, "wrong.yaml", "no/such.yaml", codes=(2,)),
    document("verify", "verify", ONE),
    document("verify", "verify", "lenet", "--dtype", "int8"),
    document("profile", "profile", ONE, "--repeat", "1", "--warmup", "0", "--backward"),
    document("profile", "profile", ONE, "--repeat", "1", "--warmup", "0", "--without-reductions"),
    document("specs", "specs"),
    document("ops", "ops"),
    document("ops", "ops", "upsample"),
    document("ops", "ops", "residual"),
    document("errors", "errors"),
    document("errors", "errors", "CC401"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A repository with a network, and one that is wrong."""
    repo = Repo(tmp_path_factory.mktemp("documents"))
    repo.write(ANY, TINY)
    repo.write(ONE, SINGLE)
    repo.write("wrong.yaml", WRONG)
    repo.commit()
    return repo.path


@cache
def validator(name):
    schema = json.loads((ROOT / "convcost" / "schemas" / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def objects(data):
    """Yield every object of a document, the document first."""
    if isinstance(data, dict):
        yield data
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from objects(part)


@pytest.mark.parametrize(("schema", "arguments", "codes"), DOCUMENTS)
def test_it_is_what_its_schema_says(folder, schema, arguments, codes):
    if arguments[0] in NEED_TORCH:
        pytest.importorskip("torch")
    done = convcost(*arguments, "--json", cwd=folder)
    assert done.returncode in codes, done.stderr
    found = json.loads(done.stdout)
    assert {"schema_version": SCHEMA_VERSION, "convcost": __version__}.items() <= found.items()
    assert [] == [error.message for error in validator(schema).iter_errors(found)]
    assert [] == [key for each in objects(found) for key in each if not key]
    for key in found.keys() - {"comparison"}:  # without it, a report is what analyze prints
        without = {name: value for name, value in found.items() if name != key}
        assert not validator(schema).is_valid(without)
    assert not validator(schema).is_valid({**found, "more": 1})


def test_every_command_with_json_is_here():
    group = LazyGroup("convcost")
    context = click.Context(group)
    with_json = {
        name
        for name in COMMANDS
        if any("--json" in param.opts for param in group.get_command(context, name).params)
    }
    assert with_json == {param.values[1][0] for param in DOCUMENTS}


def test_a_schema_for_each_document_ships_and_no_other():
    shipped = {path.name.partition(".")[0] for path in (ROOT / "convcost" / "schemas").glob("*.json")}
    assert shipped == {"spec", "budget"} | {param.values[0] for param in DOCUMENTS}
