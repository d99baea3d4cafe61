from __future__ import annotations

import pytest

from tests.budget.repository import TINY, Repo


@pytest.fixture
def repo(tmp_path, monkeypatch):
    """A folder with nets/tiny.yaml, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    made = Repo(tmp_path)
    made.write("nets/tiny.yaml", TINY)
    return made
