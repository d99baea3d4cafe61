"""The hooks, run by pre-commit itself out of a local repository."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.budget.repository import IDENTITY, TINY, Repo
from tests.running import ROOT, environment

pytest.importorskip("pre_commit", reason="pre-commit is in the dev extra")

FILES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
OFFLINE = ("Could not find a version", "Temporary failure", "No matching distribution", "ConnectionError")


def run(repo, cache):
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose", "--color=never"],
        cwd=repo.path,
        env=environment(**IDENTITY, PRE_COMMIT_HOME=str(cache), PYTHONPATH=""),
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    if any(word in said for word in OFFLINE):
        pytest.skip("pre-commit cannot install the hooks' dependencies without a network")
    return done.returncode, said


@pytest.fixture(scope="module")
def hooks(tmp_path_factory):
    """A repository with this project's package and hooks, as users would name it."""
    made = Repo(tmp_path_factory.mktemp("hooks"))
    for name in FILES:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, made.path / name)
    (made.path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "language.md", made.path / "docs")
    for folder in ("convcost", "specs"):
        shutil.copytree(ROOT / folder, made.path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "LICENSE"):
        if not (made.path / name).exists():
            made.write(name, "")
    made.commit()
    return made


@pytest.mark.slow
def test_hooks(hooks, tmp_path, tmp_path_factory):
    repo = Repo(tmp_path)
    cache = tmp_path_factory.mktemp("cache")
    repo.write("nets/tiny.yaml", TINY)
    repo.budget("id: total, metric: macs, max: 3M")
    repo.write(
        ".pre-commit-config.yaml",
        f"repos:\n  - repo: {hooks.path}\n    rev: {hooks.git('rev-parse', 'HEAD')}\n"
        "    hooks: [{id: convcost-check}, {id: convcost-validate}]\n",
    )
    repo.commit()
    code, said = run(repo, cache)
    assert 0 == code, said
    assert said.count("Passed") == 2
    repo.write("nets/tiny.yaml", TINY.replace("kernel: 3}", "kernel: 5}", 1))
    code, said = run(repo, cache)
    assert 1 == code
    assert "macs 3.719 M is above max 3M" in said
    repo.write("nets/tiny.yaml", TINY.replace("conv:", "convv:", 1))
    code, said = run(repo, cache)
    assert 1 == code
    assert "there is no op or block 'convv'" in said
    assert said.count("Failed") == 2
