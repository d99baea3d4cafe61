"""What a baseline is called."""

from __future__ import annotations

import pytest

from convcost.baseline.source import is_baseline, parse_baseline
from convcost.errors import UsageError


@pytest.mark.parametrize(
    ("word", "kind", "argument"),
    [
        pytest.param("git:origin/main", "git", "origin/main", id="a branch"),
        pytest.param("git:HEAD~1", "git", "HEAD~1", id="a commit before"),
        pytest.param(f"git:{'x' * 500}", "git", "x" * 500, id="the longest ref"),
        pytest.param("file:old: 1.json", "file", "old: 1.json", id="a file with anything in its name"),
        pytest.param("spec:resnet@50", "spec", "resnet@50", id="a spec"),
    ],
)
def test_names(word, kind, argument):
    found = parse_baseline(word, "warn")
    assert (kind, argument, "warn", word) == (found.kind, found.argument, found.on_missing, str(found))
    assert is_baseline(word)


@pytest.mark.parametrize(
    ("word", "message", "hint"),
    [
        pytest.param("gti:main", "a baseline is git:REF", "did you mean 'git'?", id="a typo"),
        pytest.param("main", "a baseline is git:REF", None, id="no kind"),
        pytest.param("file:", "a baseline is git:REF", "did you mean 'file'?", id="no argument"),
        pytest.param("git:-x", "'-x' is not a git ref", "a branch, a tag", id="an option"),
        pytest.param("git:a:b", "'a:b' is not a git ref", "a branch, a tag", id="a path in a tree"),
        pytest.param(f"git:{'x' * 501}", "…' is not a git ref", "a branch, a tag", id="too long"),
        pytest.param("file:a\nb", r"'a\nb' is not a path", None, id="two lines"),
    ],
)
def test_what_is_none(word, message, hint):
    with pytest.raises(UsageError) as caught:
        parse_baseline(word)
    (found,) = caught.value.diagnostics
    assert message in found.message
    assert (hint is None) == (found.hint is None)
    assert (hint or "") in (found.hint or "")


@pytest.mark.parametrize("word", ["resnet", "git", "a:b", "gitt:x", "./git:x"])
def test_specs_are_no_baselines(word):
    assert not is_baseline(word)
