"""What every op keeps to: its name and file, its docstrings, its cases, no torch at import."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from convcost import ops
from convcost.ops import INDEX, op_class
from tests.running import environment

FOLDER = Path(ops.__file__).parent
FILES = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
GROUPS = {
    "conv", "linear", "norm", "activation", "dropout", "pool", "global_pool", "join", "gate", "view", "resize",
    "other", "weights",
}  # fmt: skip

each_op = pytest.mark.parametrize("name", sorted(INDEX))


def cases():
    for name in sorted(INDEX):
        for number, case in enumerate(op_class(name).cases(), start=1):
            yield pytest.param(case, id=f"{name}-{number}")


def test_index_holds_every_file_and_every_name():
    found = {
        cls.NAME: file for file in FILES for cls in __import__(f"convcost.ops.{file}", fromlist=["OPS"]).OPS
    }

    assert found == INDEX


@each_op
def test_class_is_named_for_its_op(name):
    cls = op_class(name)

    assert name == cls.NAME
    assert cls.GROUP in GROUPS
    assert "_" not in cls.__name__


@each_op
def test_docstring_opens_with_a_line_that_ends_and_names_a_source(name):
    first, _, rest = op_class(name).__doc__.partition("\n")

    assert first.endswith(".")
    assert len(first) <= 110
    assert rest.strip(), "the docstring names no source"


@each_op
def test_every_field_is_declared_with_a_sentence(name):
    cls = op_class(name)

    assert [f.name for f in fields(cls)] == [spec.attribute for spec in cls.specs().values()]
    for spec in cls.specs().values():
        assert spec.doc, spec.name
        assert not spec.doc.endswith("."), spec.name


@each_op
def test_has_cases(name):
    assert op_class(name).cases()


@pytest.mark.parametrize("case", list(cases()))
def test_case_is_exact(case):
    assert list(case.op.check(*case.inputs)) == []
    assert case.op.shape(*case.inputs) == case.output
    assert case.op.cost(case.inputs, case.output) == case.cost


def printed_by(program):
    run = [sys.executable, "-c", program]
    return subprocess.run(run, capture_output=True, text=True, check=True, env=environment()).stdout


def test_no_op_imports_torch_or_anything_slow():
    program = "import sys\n" + "".join(f"import convcost.ops.{file}\n" for file in FILES)
    heavy = ("torch", "numpy", "fractions", "difflib", "json", "rich", "yaml")
    program += f"print(sorted(set({heavy}) & set(sys.modules)))"

    assert printed_by(program) == "[]\n"


def test_the_check_above_sees_an_import():
    program = "import sys, fractions; print(sorted({'fractions'} & set(sys.modules)))"

    assert printed_by(program) == "['fractions']\n"


@each_op
def test_a_wrong_rank_is_said_with_the_shape(name):
    cls = op_class(name)
    refused = next((dims for dims in range(4) if dims not in cls.DIMS), None)
    if refused is None:
        return
    op = cls.cases()[0].op
    shape = (4, 5, 6, 7)[: refused + 1]

    problems = list(op.check(shape, *op_class(name).cases()[0].inputs[1:]))

    assert len(problems) == 1
    assert str(list(shape)) in problems[0].message
