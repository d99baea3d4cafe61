"""Relative limits: git refs, stored outputs, other specs, and what is missing or broken."""

from __future__ import annotations

import json

import pytest

from convcost.baseline.git import Repository
from convcost.baseline.source import parse_baseline
from convcost.errors import ConvcostError, UsageError
from convcost.view import FAIL, PASS, SKIP
from tests.budget.repository import MACS, TINY

CREEP = "id: creep, metric: macs, max_increase: +2%"
WIDER = TINY.replace("width: 16", "width: 24")


def statuses(result):
    return [(v.subject.label, v.key, v.status) for v in result.verdicts]


@pytest.fixture
def committed(repo):
    repo.budget(CREEP)
    repo.commit()
    return repo


def test_a_change_is_held_against_the_spec_at_the_ref(committed):
    committed.write("nets/tiny.yaml", WIDER)
    (verdict,) = committed.check(baseline="git:main").verdicts
    grown = MACS + 8 * 27 * 1024 + 8 * 8 * 1024
    assert (FAIL, MACS, grown) == (verdict.status, verdict.old, verdict.value.value)


def test_nothing_changed_and_nothing_fails(committed):
    (verdict,) = committed.check(baseline="git:HEAD").verdicts
    assert (PASS, MACS, MACS) == (verdict.status, verdict.old, verdict.value.value)


def test_a_new_spec_is_added_and_its_absolute_limits_hold(committed):
    committed.budget(CREEP, "id: total, metric: macs, max: 1k")
    committed.write("nets/new.yaml", TINY)
    result = committed.check("nets/new.yaml", baseline="git:main")
    assert [("nets/new.yaml", "max_increase", SKIP), ("nets/new.yaml", "max", FAIL)] == statuses(result)
    assert "new since git:main" == result.verdicts[0].why
    assert () == result.notices


def test_a_new_variant_is_added_too(committed):
    committed.write("nets/tiny.yaml", TINY.replace("  wide:", "  huge: {width: 64}\n  wide:"))
    committed.budget(CREEP + ", variant: huge")
    (verdict,) = committed.check(baseline="git:main").verdicts
    assert (SKIP, "a variant new since git:main") == (verdict.status, verdict.why)


def test_an_invalid_baseline_spec_counts_as_missing_loudly(committed):
    committed.write("nets/tiny.yaml", TINY.replace("conv:", "convv:", 1))
    committed.commit("broken")
    committed.write("nets/tiny.yaml", TINY)
    result = committed.check(baseline="git:HEAD")
    assert [("nets/tiny.yaml", "max_increase", SKIP)] == statuses(result)
    (notice,) = result.notices
    assert "the spec at git:HEAD is itself invalid (line 8: there is no op or block 'convv')" in notice.text
    assert (0, 0) == (result.code(), result.code(strict=True))


@pytest.mark.parametrize(
    ("on_missing", "code", "strict"),
    [pytest.param("warn", 0, 1, id="warn"), pytest.param("skip", 0, 0, id="skip")],
)
def test_a_missing_ref_may_be_a_warning(committed, on_missing, code, strict):
    head = f'specs: ["nets/*.yaml"]\nbaseline: {{source: "git:origin/main", on_missing: {on_missing}}}\n'
    committed.budget(CREEP, head=head)
    result = committed.check()
    assert [SKIP] == [v.status for v in result.verdicts]
    assert (code, strict) == (result.code(), result.code(strict=True))


def test_a_missing_ref_is_an_error_that_says_how_to_fetch_it(committed):
    committed.budget(CREEP, head='specs: ["nets/*.yaml"]\nbaseline: git:origin/main\n')
    with pytest.raises(UsageError) as caught:
        committed.check()
    (found,) = caught.value.diagnostics
    assert "convcost.budget.yaml:3:11" == str(found.loc)
    assert "the repository has no ref origin/main" in found.message
    assert "git fetch --depth=1 origin main" in found.hint


def test_no_baseline_at_all_is_an_error(committed):
    with pytest.raises(UsageError, match=r"budget.yaml:4:5: rule 'creep' has max_increase, and there is no"):
        committed.check()


def test_outside_a_repository(repo):
    repo.budget(CREEP, head='specs: ["nets/*.yaml"]\nbaseline: git:main\n')
    with pytest.raises(UsageError, match=r"budget.yaml:3:11: .* is not in a git repository"):
        repo.check()


@pytest.mark.parametrize(
    "ref",
    [
        pytest.param("git:-o", id="a short option"),
        pytest.param("git:--output=x", id="a long option"),
        pytest.param("git:main:nets/tiny.yaml", id="a path in a tree"),
        pytest.param("git:main branch", id="a space"),
        pytest.param("git:main\nx", id="a line break"),
        pytest.param("git:", id="nothing"),
        pytest.param("svn:trunk", id="another kind"),
    ],
)
def test_refs_that_are_refused(ref):
    with pytest.raises(UsageError):
        parse_baseline(ref)


def test_git_itself_is_never_handed_an_option(committed, monkeypatch):
    repository = Repository(str(committed.path))
    with pytest.raises(UsageError):
        repository.commit("--output=x")
    seen = []
    run = repository._run
    monkeypatch.setattr(repository, "_run", lambda words, text=b"": seen.append(words) or run(words, text))
    assert committed.git("rev-parse", "HEAD") == repository.commit("main")
    assert [["rev-parse", "--verify", "--quiet", "--end-of-options", "main^{commit}"]] == seen


def test_all_files_of_a_ref_come_from_one_process(committed, monkeypatch):
    names = [f"nets/n{i}.yaml" for i in range(5)]
    for name in names:
        committed.write(name, TINY)
    committed.commit()
    seen = []
    run = Repository._run
    monkeypatch.setattr(
        Repository, "_run", lambda self, words, text=b"": seen.append(words[0]) or run(self, words, text)
    )
    assert 6 == len(committed.check(baseline="git:HEAD").verdicts)
    assert ["rev-parse", "rev-parse", "cat-file", "cat-file"] == seen  # the specs, then the budget file


@pytest.mark.parametrize(
    "name", [pytest.param("nets/ü (1).yaml", id="unusual letters"), pytest.param("nets/-x.yaml", id="a dash")]
)
def test_odd_file_names_are_found_at_the_ref(committed, name):
    committed.write(name, TINY)
    committed.commit()
    assert [PASS, PASS] == [v.status for v in committed.check(baseline="git:HEAD").verdicts]


def test_a_stored_output_is_a_baseline(committed):
    committed.write("old.json", committed.run("analyze", "nets/tiny.yaml", "--json").stdout)
    committed.write("nets/tiny.yaml", WIDER)
    (verdict,) = committed.check(baseline="file:old.json").verdicts
    assert (FAIL, MACS) == (verdict.status, verdict.old)


def test_a_network_the_output_lacks_is_added(committed):
    committed.write("old.json", committed.run("analyze", "lenet", "--json").stdout)
    (verdict,) = committed.check(baseline="file:old.json").verdicts
    assert (SKIP, "not in file:old.json") == (verdict.status, verdict.why)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(lambda _: "{", "is not JSON", id="no json"),
        pytest.param(lambda _: "[]", "has no schema_version", id="something else"),
        pytest.param(lambda d: json.dumps({**d, "schema_version": 2}), "has schema version 2", id="version"),
        pytest.param(
            lambda d: json.dumps({**d, "networks": [{}]}), "is not an output of convcost", id="shape"
        ),
        pytest.param(
            lambda d: json.dumps(d).replace('"flops": ', '"flops": 1'), "another convention", id="convention"
        ),
        pytest.param(
            lambda d: json.dumps(d).replace('"batch": 1', '"batch": 8'), "at batch 8, float32", id="settings"
        ),
    ],
)
def test_an_output_that_cannot_be_used(committed, change, said):
    stored = json.loads(committed.run("analyze", "nets/tiny.yaml", "--json").stdout)
    committed.write("old.json", change(stored))
    committed.budget(CREEP, head='specs: ["nets/*.yaml"]\nbaseline: file:old.json\n')
    done = committed.run("check")
    assert 2 == done.returncode
    assert said in done.stderr
    assert "convcost.budget.yaml:3:11" in done.stderr


def test_an_output_that_cannot_be_read(committed):
    (committed.path / "old.json").mkdir()
    with pytest.raises(ConvcostError, match=r"'old\.json' cannot be read: is a directory"):
        committed.check(baseline="file:old.json")


def test_another_spec_is_a_baseline(committed):
    committed.write("old.yaml", TINY)
    committed.write("nets/tiny.yaml", WIDER)
    (verdict,) = committed.check(baseline="spec:old.yaml").verdicts
    assert (FAIL, MACS) == (verdict.status, verdict.old)


def test_paths_of_a_baseline_start_at_the_budget_file(committed, monkeypatch):
    committed.write("old.yaml", TINY)
    committed.budget(CREEP, head='specs: ["nets/*.yaml"]\nbaseline: spec:old.yaml\n')
    monkeypatch.chdir(committed.path / "nets")
    (verdict,) = committed.check().verdicts
    assert (PASS, MACS) == (verdict.status, verdict.old)


def test_a_shipped_spec_is_the_same_on_both_sides(committed):
    committed.budget(CREEP, head="specs: [lenet]\n")
    assert [PASS] == [v.status for v in committed.check(baseline="git:main").verdicts]


def test_a_spec_outside_the_repository_is_named(committed, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "tiny.yaml"
    outside.write_text(TINY + "budget: {macs: {max: 10M, max_increase: +2%}}\n")
    result = committed.check(str(outside), baseline="git:main")
    assert [PASS, SKIP] == [v.status for v in result.verdicts]
    (notice,) = result.notices
    assert "it is outside the repository of git:main; it is treated as missing" in notice.text
    assert 1 == result.code(strict=True)
