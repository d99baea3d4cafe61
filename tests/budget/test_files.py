"""Spec files by glob."""

from __future__ import annotations

from glob import glob

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.budget.files import leaves, matching
from convcost.errors import SpecError
from tests.budget.repository import TINY, Repo

FILES = ("a.yaml", "b.yml", "x/a.yaml", "x/y/a.yaml", "x/y/z.yaml", "x/.h/a.yaml", ".h.yaml", "-x/[1].yaml")
PARTS = st.sampled_from(["*", "**", "x", "y", "*.yaml", "?.yaml", "[ab].*", ".*", ".h", "a.yaml", "[!x]*"])


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    repo = Repo(tmp_path_factory.mktemp("tree"))
    for name in FILES:
        repo.write(name, "")
    return str(repo.path)


@settings(deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=5).map("/".join))
def test_globs_find_what_pythons_find(tree, text):
    found = {name for name in glob(text, root_dir=tree, recursive=True) if name in FILES}
    assert sorted(found) == matching(text, tree)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("*", ["a.yaml", "b.yml"], id="a star finds nothing hidden"),
        pytest.param(".*", [".h.yaml"], id="a dot finds it"),
        pytest.param("*/.h/a.yaml", ["x/.h/a.yaml"], id="a hidden folder by name"),
        pytest.param("*/.*/a.yaml", ["x/.h/a.yaml"], id="a hidden folder by its dot"),
        pytest.param("**/.h/a.yaml", ["x/.h/a.yaml"], id="below"),
        pytest.param(
            "**", ["-x/[1].yaml", "a.yaml", "b.yml", "x/a.yaml", "x/y/a.yaml", "x/y/z.yaml"], id="all"
        ),
        pytest.param("./x//./a.y*", ["x/a.yaml"], id="empty levels"),
        pytest.param("a.yaml", ["a.yaml"], id="a plain path"),
        pytest.param("x", [], id="a folder is no file"),
        pytest.param("x/*", ["x/a.yaml"], id="one level"),
        pytest.param("no/*", [], id="no such folder"),
        pytest.param("[!a]*", ["b.yml"], id="not a"),
    ],
)
def test_what_a_glob_finds(tree, text, expected):
    assert expected == matching(text, tree)


def test_a_file_is_found_once(tree):
    assert ["x/y/a.yaml", "x/y/z.yaml"] == matching("**/**/y/**/**/*.yaml", tree)


def test_a_cycle_of_links_is_no_walk_without_end(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "up").symlink_to(tmp_path)
    (tmp_path / "x" / "a.yaml").write_text("")
    assert ["x/a.yaml"] == matching("**/*.yaml", str(tmp_path))


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        pytest.param("**/*.yaml", False, id="below"),
        pytest.param("../**/*.yaml", False, id="above, in the repository"),
        pytest.param("../../**/*.yaml", True, id="out of it"),
        pytest.param("../../repo/*.yaml", False, id="out and in again"),
        pytest.param("*/../../../*.yaml", True, id="up behind a star"),
        pytest.param("out/*.yaml", True, id="out by a link"),
    ],
)
def test_a_glob_leaves_the_repository(tmp_path, glob, expected):
    folder = tmp_path / "repo" / "ci"
    folder.mkdir(parents=True)
    (tmp_path / "repo" / ".git").mkdir()
    (folder / "out").symlink_to(tmp_path)
    assert expected == leaves(glob, str(folder))


def test_without_a_repository_a_glob_stays_in_its_folder(repo):
    repo.budget("id: a, metric: macs, max: 1G", head='specs: ["../**/*.yaml"]\n')
    with pytest.raises(SpecError, match=r"budget\.yaml:2:9: '\.\./\*\*/\*\.yaml' is outside the repository"):
        repo.check()


def test_a_path_may_name_a_file_outside(repo):
    repo.write("tiny.yaml", TINY)
    folder = repo.path / "ci"
    folder.mkdir()
    text = "convcost_budget: 1\nspecs: [../tiny.yaml]\nbudgets:\n  - {id: a, metric: macs, max: 1G}\n"
    (folder / "convcost.budget.yaml").write_text(text)
    assert 0 == repo.run("check", "--budget", "ci/convcost.budget.yaml").returncode
