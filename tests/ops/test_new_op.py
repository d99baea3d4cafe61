"""A new op is one file: what ``convcost ops new`` writes passes every op's tests as it stands."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tests.running import ROOT, convcost, environment

SPEC = b"convcost: 1\nname: n\ninput: [3, 4, 5]\nlayers: [square]\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout of its own, in which ``convcost ops new square`` has been run."""
    path = tmp_path_factory.mktemp("checkout")
    for part in ("convcost", "specs", "tests"):
        shutil.copytree(ROOT / part, path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / part, path / part)
    run(path, "-m", "convcost", "ops", "new", "square")
    return path


def run(checkout, *arguments):
    env = environment(PYTHONPATH=str(checkout))
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env=env,
        capture_output=True,
        check=True,
        input=SPEC,
        timeout=300,
    ).stdout.decode()


def test_a_spec_can_say_it(checkout):
    (network,) = json.loads(run(checkout, "-m", "convcost", "analyze", "-", "--json"))["networks"]
    (layer,) = network["layers"]
    assert ("square", [3, 4, 5], 60) == (layer["op"], layer["output"], layer["flops"])


def test_it_has_a_page(checkout):
    assert run(checkout, "-m", "convcost", "ops", "square").startswith("square")


@pytest.mark.slow
def test_it_passes_the_contract(checkout):
    pytest.importorskip("torch")
    out = run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/ops", "-k", "square or index")
    assert " passed" in out
    assert "test_it_passes_the_contract" not in out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("conv", "there is an op 'conv' already", id="taken"),
        pytest.param("My-Op", "a new op needs a name of small letters", id="no name of a module"),
        pytest.param("_base", "a new op needs a name of small letters", id="not an op's"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name, said):
    done = convcost("ops", "new", name)
    assert done.returncode == 2
    assert said in done.stderr
