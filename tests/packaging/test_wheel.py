"""The wheel has everything, and works where there is no checkout."""

from __future__ import annotations

import csv
import subprocess
import sys
import zipfile

import pytest

from convcost.spec import shipped
from tests.running import ROOT, environment

SOURCES = ("convcost", "specs", "docs", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """Build a wheel of a copy of the tree, as pip does, and unpack it away from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    code = "from setuptools.build_meta import build_wheel; import sys; build_wheel(sys.argv[1])"
    source = folder / "source"
    source.mkdir()
    subprocess.run(["cp", "-r", *SOURCES, str(source)], cwd=ROOT, check=True)
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(folder)], cwd=source, check=True, capture_output=True
    )
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_has_specs_schemas_types_and_nothing_of_the_tests(unpacked):
    assert shipped.names() == sorted(path.stem for path in (unpacked / "convcost/specs").glob("*.yaml"))
    assert (unpacked / "convcost/py.typed").exists()
    assert ["language.md"] == [path.name for path in (unpacked / "convcost/docs").iterdir()]
    assert (unpacked / "convcost/schemas/report.schema.json").exists()
    assert ["convcost"] == [path.name for path in unpacked.iterdir() if path.suffix != ".dist-info"]


def test_has_every_module(unpacked):
    def modules(root):
        return {str(path.relative_to(root)) for path in (root / "convcost").rglob("*.py")}

    assert modules(ROOT) == modules(unpacked)


def test_works_from_any_folder(unpacked, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "analyze", "googlenet", "--format", "csv"],
        cwd=tmp_path,
        env={**environment(), "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert 1_582_671_872 == sum(int(row["macs"]) for row in csv.DictReader(done.stdout.splitlines()))


def test_the_language_page_is_in_it(unpacked, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "help", "residuals"],
        cwd=tmp_path,
        env={**environment(), "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "adds a shortcut to a body" in done.stdout


def test_runtime_needs_three_packages_and_each_is_pinned():
    tomllib = pytest.importorskip("tomllib")  # of Python 3.11
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    }
    names = [word.partition(">")[0] for word in project["dependencies"]]
    assert ["click", "PyYAML", "rich"] == names
    extras = [word.partition(">")[0] for extra in project["optional-dependencies"].values() for word in extra]
    assert [] == [name for name in (*names, *extras) if name.lower() not in pinned]
    assert "torch==2.13.0" in (ROOT / "constraints.txt").read_text("utf-8").splitlines()


def test_python_m_and_the_script_are_the_same_program():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert 'convcost = "convcost.cli:main"' in text
    assert "from convcost.cli import main" in (ROOT / "convcost/__main__.py").read_text("utf-8")
