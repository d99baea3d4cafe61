"""Every report format, with names and messages that try to break it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from jsonschema import Draft4Validator, Draft202012Validator

from convcost.cli._check_reports import FORMATS, Destination, Reporter, write
from convcost.errors import Loc, Source
from convcost.render import comment as render_comment
from convcost.render import github, junit, sarif
from convcost.render.text import printable
from convcost.view import FAIL, PASS, STATUSES, WARN, Comment, Finding, Fold, Heading, Note, View
from tests.ci import hostile
from tests.golden import Text
from tests.running import ROOT

HERE = Path(__file__).parent
SARIF = Draft4Validator(json.loads((HERE / "schemas/sarif-2.1.0-rtm.5.json").read_text("utf-8")))
JUNIT = xmlschema.XMLSchema10(str(HERE / "schemas/junit-10.xsd"))
CHECK = Draft202012Validator(json.loads((ROOT / "convcost/schemas/check.schema.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """All formats' texts of the hostile check."""
    path = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GITHUB_WORKSPACE", raising=False)
        patch.chdir(path)
        repo = hostile.repository(path)
        result, _ = hostile.result(repo)
        reporter = Reporter(result, code=result.code(), strict=False, color="never")
        return {form: reporter.text(form, "x") for form in FORMATS}


@pytest.mark.parametrize("form", FORMATS)
def test_golden(form, reports, snapshot):
    assert snapshot(extension_class=Text) == reports[form]


@pytest.mark.parametrize("form", FORMATS)
def test_no_control_character_gets_through(form, reports):
    assert not re.findall(r"[^\n\x20-\x7e\xa0-\uffff]|[\u202a-\u202e\u2066-\u2069]", reports[form])


def test_junit_is_valid_by_its_schema(reports):
    JUNIT.validate(reports["junit"])


def test_junit_says_what_was_found(reports):
    root = ET.fromstring(reports["junit"])
    suites = {suite.get("name"): suite for suite in root}
    name = printable(hostile.NAME)
    assert name in suites
    counts = {key: suites[name].get(key) for key in ("tests", "failures", "errors", "skipped")}
    cases = suites[name].findall("testcase")
    assert str(len(cases)) == counts["tests"]
    assert str(sum(case.find("failure") is not None for case in cases)) == counts["failures"]
    new = {case.get("name"): case for case in suites["nets/new.yaml"]}
    assert "new since git:main" in new["creep"].find("skipped").get("message")
    assert None is new["fine"].find("failure")


def test_junit_counts_warnings_as_failures_where_strict():
    finding = Finding(WARN, "a", "n.yaml", "", "near")
    assert 'failures="0"' in junit.render([finding])
    assert 'failures="1"' in junit.render([finding], strict=True)


def test_sarif_is_valid_by_its_schema(reports):
    assert [] == [e.message for e in SARIF.iter_errors(json.loads(reports["sarif"]))]


def test_the_schemas_can_refuse(reports):
    log = json.loads(reports["sarif"])
    del log["runs"][0]["tool"]
    assert list(SARIF.iter_errors(log))
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        JUNIT.validate(reports["junit"].replace(' tests="', ' test="', 1))


def test_json_is_valid_by_its_schema(reports):
    assert [] == [e.message for e in CHECK.iter_errors(json.loads(reports["json"]))]


def located(line, text, value="x"):
    loc = Loc(Source("nets/a b.yaml", ""), line, 3, 4)
    return Finding(
        FAIL, "total", "nets/a b.yaml", "", text, (value,), loc, loc, key="total\nmax\nnets/a b.yaml"
    )


def test_sarif_fingerprints_stay_where_lines_and_values_move():
    logs = [json.loads(sarif.render([located(*at)], "0")) for at in ((3, "macs 1"), (9, "macs 2", "y"))]
    first, second = (log["runs"][0]["results"][0] for log in logs)
    assert first["partialFingerprints"] == second["partialFingerprints"]
    assert first["locations"] != second["locations"]


def test_sarif_fingerprints_of_one_run_differ(reports):
    results = json.loads(reports["sarif"])["runs"][0]["results"]
    prints = [result["partialFingerprints"][sarif.FINGERPRINT] for result in results]
    assert len(set(prints)) == len(prints) > 5


def test_paths_start_at_the_repositorys_root():
    finding = located(3, "macs 1")
    place = json.loads(sarif.render([finding], "0", "sub/dir"))["runs"][0]["results"][0]["locations"][0]
    assert "sub/dir/nets/a%20b.yaml" == place["physicalLocation"]["artifactLocation"]["uri"]
    assert "file=sub/dir/nets/a b.yaml,line=3,col=3," in github.render([finding], "sub/dir")


def many(count):
    return [
        Finding((FAIL, WARN, PASS)[i % 3], f"r{i}", "n.yaml", "", f"number {i}", weight=float(i))
        for i in range(count)
    ]


def test_github_shows_the_worst_first_and_ten_at_most():
    lines = github.render(many(40)).splitlines()
    assert 10 == len(lines)
    worst = [i for i in range(39, -1, -1) if i % 3 == 0][:9]
    assert [f"::error title=convcost r{i}::n.yaml: number {i}" for i in worst] == lines[:9]
    assert "::error title=convcost::18 more findings" in lines[9]


def test_github_shows_ten_where_there_are_ten():
    findings = [f for f in many(40) if f.status != PASS][:10]
    assert 10 == len(github.render(findings).splitlines())
    assert "more findings" not in github.render(findings)


def test_github_commands_are_one_line_each(reports):
    lines = reports["github"].splitlines()
    assert all(re.fullmatch(r"::(error|warning|notice) [^\n]*?::[^\n]*", line) for line in lines)
    assert all(line.count("::error::") == 0 or "%250A::error::" in line for line in lines)


def test_markdown_is_never_too_long():
    view = View((Heading("x"), *(Note("y" * 100) for _ in range(100))))
    comment = Comment("m", view, tuple(Fold(f"fold {i}", view) for i in range(20)))
    text = render_comment.render(comment)
    assert 40_000 < len(text) < render_comment.LONGEST
    assert "more folded parts would make this too long" in text
    assert text.count("<details>") == text.count("</details>")


def test_markdown_begins_with_its_marker_and_mentions_nobody(reports):
    text = reports["markdown"]
    assert text.startswith("<!-- convcost-check -->\n")
    outside = re.sub(r"^(```+)$.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert not re.findall(r"@\w", outside)
    assert "&#64;" not in outside.replace("<summary>", "").split("</summary>")[-1]


@pytest.mark.parametrize("count", [pytest.param(3000, id="three thousand failures")])
def test_a_comment_about_very_many_failures_is_short_enough(count):
    from convcost.budget.check import Result
    from convcost.views.check_comment import comment

    found = [
        Finding(FAIL, f"rule-{i}", f"nets/{i}.yaml", "", "macs 2 is above max 1", ("x" * 80,) * 6)
        for i in range(count)
    ]
    text = render_comment.render(comment(Result("git:main"), found))
    assert len(text) < 60_000
    assert "and 2980 more" in text


def test_statuses_are_counted(reports):
    counts = json.loads(reports["json"])["counts"]
    assert set(STATUSES) == set(counts)
    assert 1 == counts["error"]
    assert 1 == counts["note"]


def test_one_unwritable_report_hides_no_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result, _ = hostile.result(hostile.repository(tmp_path))
    reporter = Reporter(result, code=1, strict=False, color="never")
    where = [Destination("json", "no/x.json"), Destination("junit", "x.xml"), Destination("table", "-")]
    out, problems = write(reporter, where)
    assert "the json report: no/x.json cannot be written: no such file or directory" in problems
    assert (tmp_path / "x.xml").exists()
    assert "budget" in out
