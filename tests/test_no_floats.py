"""Integers stay integers: no float touches one outside the places listed here, with their reasons.

Read from the syntax tree, since a float is silent: past 2**53 it is only wrong.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "convcost"

EXACT = frozenset({"comb", "factorial", "gcd", "isqrt", "lcm", "perm", "prod"})
"""The functions of ``math`` that give integers for integers."""

TIME = "measured time is no integer of the model"
TORCH = "torch's modules take floats"

ALLOWED = {
    "baseline/git.py": "how long git may take",
    "budget/verdict.py": "by how much findings are sorted, the worst first",
    "errors.py": "how alike two words are",
    "nn/arithmetic.py": TORCH,
    "ops/dropout.py": TORCH,
    "ops/elementwise.py": TORCH,
    "ops/parametric_activation.py": TORCH,
    "render/layout.py": "the length of a bar, in eighths of a letter",
    "report.py": "intensity is a ratio, the one figure that is no integer",
    "spec/arithmetic.py": "round() of a fraction, half to even, exactly",
    "to_json/report.py": "reduction_saving is a ratio: JSON has no fractions",
    "torch_backend/profile_clock.py": TIME,
    "torch_backend/profile_without.py": TIME,
    "view.py": "the weight by which findings are sorted",
    "views/check_comment.py": "by how much networks are sorted",
    "views/explain.py": "a factor that people see, rounded to four digits",
    "views/profile.py": TIME,
}
"""The files that may make floats, and why; shapes, costs, memory and widths are in none of them."""


def makes_floats(tree: ast.AST) -> bool:
    """Whether anything in a program makes a float, or could."""
    return any(makes_float(node) for node in ast.walk(tree))


def makes_float(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=ast.Div()):
            return not (is_text(node.left) or is_text(node.right))  # a path
        case ast.AugAssign(op=ast.Div()):
            return True
        case ast.BinOp(op=ast.Pow(), right=ast.UnaryOp(op=ast.USub())):
            return True
        case ast.Constant(value=float()):
            return True
        case ast.Call(func=ast.Name(id="float" | "round" | "pow")):
            return True
        case ast.Attribute(value=ast.Name(id="math"), attr=name):
            return name not in EXACT
        case ast.Attribute(attr="truediv" | "__truediv__") | ast.Name(id="truediv"):
            return True
        case ast.ImportFrom(module="math", names=names):
            return any(name.name not in EXACT for name in names)
        case ast.ImportFrom(module="statistics"):
            return True
    return False


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_no_float_touches_an_integer():
    files = {file.relative_to(ROOT).as_posix(): file for file in ROOT.rglob("*.py")}
    assert set(ALLOWED) == {
        n for n, file in files.items() if makes_floats(ast.parse(file.read_text("utf-8")))
    }


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("a / b", id="division"),
        pytest.param("a /= b", id="division in place"),
        pytest.param("float(a)", id="float"),
        pytest.param("round(a)", id="round"),
        pytest.param("a * 0.5", id="a constant"),
        pytest.param("a * 1e3", id="a power of ten"),
        pytest.param("10 ** -n", id="a negative power"),
        pytest.param("pow(a, b)", id="pow"),
        pytest.param("math.sqrt(a)", id="math"),
        pytest.param("from math import ceil, isqrt", id="from math"),
        pytest.param("from statistics import mean", id="statistics"),
        pytest.param("operator.truediv(a, b)", id="operator"),
    ],
)
def test_what_makes_floats_is_found(source):
    assert makes_floats(ast.parse(f"class C:\n    def f(self):\n        {source}\n"))


@pytest.mark.parametrize(
    "source",
    ["a // b", "Fraction(a, b)", "math.gcd(a, b)", "from math import isqrt", 'root / "a.py"', "2**n"],
)
def test_what_is_exact_passes(source):
    assert not makes_floats(ast.parse(source))
