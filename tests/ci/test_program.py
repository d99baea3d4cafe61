"""``check`` and ``diff`` as scripts meet them: exit codes, streams, several reports at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.budget.repository import MACS, TINY
from tests.running import ROOT, environment, loaded_by

TOTAL = "id: total, metric: macs, max: 10M"
EXCEEDED = "id: total, metric: macs, max: 1M"
WARNED = "id: total, metric: macs, max: 10M, warn: 1M"


@pytest.mark.parametrize(
    ("rule", "arguments", "code"),
    [
        pytest.param(TOTAL, [], 0, id="within"),
        pytest.param(EXCEEDED, [], 1, id="exceeded"),
        pytest.param(EXCEEDED, ["--exit-zero"], 0, id="exceeded, exit zero"),
        pytest.param(WARNED, [], 0, id="a warning"),
        pytest.param(WARNED, ["--strict"], 1, id="a warning, strict"),
        pytest.param(WARNED, ["--strict", "--exit-zero"], 0, id="a warning, strict, exit zero"),
        pytest.param("id: total, metric: mac, max: 1", [], 2, id="a budget that is wrong"),
        pytest.param("id: total, metric: mac, max: 1", ["--exit-zero"], 2, id="wrong is never zero"),
        pytest.param(TOTAL, ["nets/none.yaml"], 2, id="a spec that is not there"),
        pytest.param(TOTAL, ["--budget", "none.yaml"], 2, id="a budget that is not there"),
        pytest.param(TOTAL, ["--budget", "nets"], 2, id="a budget that is a folder"),
        pytest.param(TOTAL, ["--rule", "totl"], 2, id="a typo in an id"),
        pytest.param(TOTAL, ["--baseline", "git:-x"], 2, id="a ref that is an option"),
        pytest.param(TOTAL, ["--baseline", "git:main"], 2, id="no repository"),
        pytest.param(TOTAL, ["--report", "tabel:-"], 2, id="a typo in a format"),
        pytest.param(TOTAL, ["--report", "junit:"], 2, id="no destination"),
        pytest.param(TOTAL, ["--report", "junit:no/x.xml"], 2, id="an unwritable report"),
        pytest.param(
            EXCEEDED, ["--report", "junit:no/x.xml", "--exit-zero"], 2, id="unwritable is never zero"
        ),
    ],
)
def test_exit_codes(repo, rule, arguments, code):
    repo.budget(rule)
    done = repo.run("check", *arguments)
    assert code == done.returncode, done.stderr
    assert (code == 2) == bool(done.stderr)


def test_without_any_budget(repo):
    done = repo.run("check")
    assert 2 == done.returncode
    assert "convcost budget init" in done.stderr


def test_of_several_specs_the_worst_counts(repo):
    repo.write("nets/edge.yaml", TINY.replace("conv:", "convv:", 1))
    repo.budget(EXCEEDED)
    done = repo.run("check", "nets/tiny.yaml", "nets/edge.yaml")
    assert 2 == done.returncode
    assert "nets/edge.yaml:8:5: error[CC303]: there is no op or block 'convv'" in done.stderr
    assert "FAIL total · nets/tiny.yaml" in done.stdout


def test_the_budget_files_mistakes_show_the_line(repo):
    repo.budget("id: total, metric: macs, max: 5m")
    done = repo.run("check")
    assert (
        "convcost.budget.yaml:4:36: error[CC605]: max: 'm' is not a unit of counts: k, M, G or T"
        in done.stderr
    )
    assert "- {id: total, metric: macs, max: 5m}" in done.stderr
    assert "hint: m would be a thousandth; a million is M" in done.stderr


def test_an_internal_error_is_3(repo):
    repo.budget(TOTAL)
    code = (
        "import convcost.budget.check as c; c.judged = None\nimport sys\nsys.argv = ['convcost', 'check']\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code + "from convcost.cli import main; main()"],
        cwd=repo.path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert 3 == done.returncode
    assert "internal error (a bug in convcost)" in done.stderr


def test_a_closed_pipe_is_141(repo):
    """As under ``| head``, once head has read enough and gone."""
    repo.budget(EXCEEDED)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "check"],
        cwd=repo.path,
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (141, b"") == (done.returncode, done.stderr)


def test_under_head_the_first_lines_are_whole(repo):
    repo.budget(*(f"id: r{i}, metric: macs, max: 10M" for i in range(3000)))
    command = f"'{sys.executable}' -m convcost check | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=repo.path, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 141)  # 0 where the pipe has room for all of it
    assert ("3,000 more checks within limits; --full shows all\n", "") == (done.stdout, done.stderr)


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
def test_ctrl_c_is_130(repo):
    """Git is a program that never answers, so that the signal meets a run under way."""
    repo.budget(TOTAL)
    slow = repo.write("bin/git", "#!/bin/sh\ntouch started\nexec sleep 30\n")
    slow.chmod(0o755)
    path = f"{slow.parent}{os.pathsep}{os.environ['PATH']}"
    with subprocess.Popen(
        [sys.executable, "-m", "convcost", "check", "--baseline", "git:main"],
        cwd=repo.path,
        env=environment(PATH=path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        deadline = time.monotonic() + 30
        while not (repo.path / "started").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert 130 == process.returncode
    assert b"Traceback" not in err


def test_many_reports_in_one_run(repo):
    repo.budget(EXCEEDED)
    formats = ("markdown", "github", "junit", "sarif", "json", "csv", "table")
    reports = [word for form in formats for word in ("--report", f"{form}:{form}.out")]
    done = repo.run("check", *reports, "--report", "table:-")
    assert 1 == done.returncode
    assert all((repo.path / f"{form}.out").stat().st_size for form in formats)
    assert done.stdout == (repo.path / "table.out").read_text("utf-8")
    assert 1 == json.loads((repo.path / "json.out").read_text())["exit_code"]


def test_the_step_summary_grows(repo):
    repo.budget(TOTAL)
    summary = repo.write("summary.md", "before\n")
    done = repo.run("check", "--report", f"markdown:{summary}", GITHUB_STEP_SUMMARY=str(summary))
    assert 0 == done.returncode
    assert summary.read_text("utf-8").startswith("before\n<!-- convcost-check -->\n### no budget exceeded")


@pytest.mark.parametrize("form", ["json", "csv", "markdown"])
def test_a_format_is_a_report_on_stdout(repo, form):
    repo.budget(TOTAL)
    assert repo.run("check", "--format", form).stdout == repo.run("check", "--report", f"{form}:-").stdout


def test_on_80_columns_columns_are_hidden_and_numbers_stay(repo):
    repo.budget("id: a-rather-long-name-for-a-rule, metric: activation_bytes, max: 1 MiB, layers: '**'")
    from convcost.cli._check_reports import Reporter
    from convcost.render.terminal import render
    from convcost.views.check import view

    result = repo.check()
    reporter = Reporter(result, code=0, strict=False, color="never")
    text = render(view(result, reporter._found), width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert "hidden columns (" in text
    assert "1 MiB" in text


def test_diff_shows_what_changed_and_exits_0(repo):
    repo.commit()
    repo.write("nets/tiny.yaml", TINY.replace("  - global", "  - conv: {out: 8, kernel: 1}\n  - global"))
    done = repo.run("diff", "git:main", "nets/tiny.yaml")
    assert (0, "") == (done.returncode, done.stderr)
    lines = done.stdout.splitlines()
    assert "nets/tiny.yaml, against git:main" == lines[0]
    assert ["+", "conv1", "conv", "8×32×32"] == lines[3].split()[:4]
    assert "~  fc" in done.stdout
    assert "stem" not in done.stdout
    assert any(line.startswith("macs") and "+261.9 k" in line for line in lines)


def test_diff_in_json_is_exact(repo):
    repo.commit()
    repo.write("nets/tiny.yaml", TINY.replace("kernel: 3}", "kernel: 5}", 1))
    (network,) = json.loads(repo.run("diff", "git:main", "nets/tiny.yaml", "--json").stdout)["diff"]
    assert {"before": MACS, "after": MACS + 3 * 16 * 16 * 1024} == network["totals"]["macs"]
    assert [("~", "stem.conv")] == [(layer["sign"], layer["name"]) for layer in network["layers"]]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["git:main"], 0, "nets/tiny.yaml, against git:main", id="all specs of the budget"),
        pytest.param(["nets/tiny.yaml"], 0, "against git:HEAD", id="a spec alone"),
        pytest.param(["resnet@34", "resnet@50"], 0, "+", id="two specs"),
        pytest.param(["lenet", "lenet", "--batch", "2"], 0, "no layer's macs changed", id="nothing"),
        pytest.param(["git:nope", "nets/tiny.yaml"], 2, "no ref nope", id="no such ref"),
        pytest.param(["git:main", "nets/none.yaml"], 2, "cannot be read", id="no such spec"),
        pytest.param(["git:--x", "nets/tiny.yaml"], 2, "not a git ref", id="an option"),
    ],
)
def test_what_diff_takes(repo, arguments, code, said):
    repo.budget(TOTAL)
    repo.commit()
    done = repo.run("diff", *arguments)
    assert code == done.returncode
    assert said in done.stdout + done.stderr


@pytest.mark.parametrize("module", ["torch", "numpy", "rich", "xml", "jsonschema"])
def test_check_loads_nothing_heavy(repo, module):
    repo.budget(TOTAL)
    code = (
        f"import os, sys; os.chdir({str(repo.path)!r})\n"
        "from convcost.cli._run import run; assert run(['check']) == 0"
    )
    assert module not in loaded_by(code)


def test_the_projects_own_specs_are_held_to_a_budget():
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "check"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert "\nno budget exceeded" in done.stdout
