"""Files at a git ref."""

from __future__ import annotations

import os
import subprocess

import pytest

from convcost.baseline.git import Repository
from convcost.errors import UsageError
from tests.budget.conftest import repo  # noqa: F401  (the folder that tests of budgets work in)


@pytest.fixture
def repository(repo):  # noqa: F811
    repo.write("nets/a.yaml", "one\n")
    repo.write("nets/b.yaml", "")
    repo.commit()
    return Repository(str(repo.path / "nets"))


def test_files_folders_and_what_is_not_there(repository, repo):  # noqa: F811
    here = str(repo.path)
    paths = [f"{here}/{name}" for name in ("nets/none.yaml", "nets", "nets/a.yaml", "nets/b.yaml", "../x")]
    commit = repository.commit("HEAD")
    assert {paths[2]: b"one\n", paths[3]: b""} == repository.read(commit, paths)
    assert {} == repository.read(commit, [])


def test_the_top_is_the_repositorys(repository, repo):  # noqa: F811
    assert os.path.realpath(repo.path) == repository.top
    assert "nets/a.yaml" == repository.inside(str(repo.path / "nets/a.yaml"))
    assert None is repository.inside(str(repo.path.parent / "x"))
    assert None is repository.inside(str(repo.path / "a\nb"))


def test_no_commit_of_that_name(repository):
    assert None is repository.commit("none")
    assert 40 == len(repository.commit("main"))


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        pytest.param(FileNotFoundError(), "git is not installed", id="no git"),
        pytest.param(subprocess.TimeoutExpired("git", 60), "git took longer than 60 s", id="a slow one"),
    ],
)
def test_without_a_git_that_answers(repository, failure, said, monkeypatch):
    def run(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("subprocess.run", run)
    with pytest.raises(UsageError, match=said):
        repository.commit("main")


def test_a_repository_that_git_refuses(tmp_path):
    (tmp_path / ".git").write_text("gitdir: nowhere\n")
    with pytest.raises(UsageError) as caught:
        Repository(str(tmp_path))
    (found,) = caught.value.diagnostics
    assert f"{tmp_path} is not in a git repository" == found.message
    assert f"git says: fatal: not a git repository: {tmp_path}/nowhere" == found.notes[0]


def test_a_git_that_cannot_work_there(tmp_path, monkeypatch):
    done = subprocess.CompletedProcess([], 128, b"", b"fatal: detected dubious ownership\nmore\n")
    monkeypatch.setattr("subprocess.run", lambda *_, **__: done)
    with pytest.raises(UsageError) as caught:
        Repository(str(tmp_path))
    (found,) = caught.value.diagnostics
    assert f"git cannot be used in {tmp_path}" == found.message
    assert ("git says: fatal: detected dubious ownership",) == found.notes
