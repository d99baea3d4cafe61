"""Networks are read and analysed once."""

from __future__ import annotations

import pytest

from convcost.baseline.reports import Reports
from convcost.baseline.subject import AS_WRITTEN, Conditions, Subject
from convcost.errors import SpecError, UsageError
from convcost.spec.locate import SpecRef, parse_ref
from tests.budget.conftest import repo  # noqa: F401  (the folder that tests of budgets work in)
from tests.budget.repository import MACS, TINY


@pytest.fixture
def tiny(repo):  # noqa: F811
    return Subject(SpecRef("nets/tiny.yaml"), str(repo.path / "nets/tiny.yaml"))


def test_the_same_text_is_the_same_network(tiny):
    reports = Reports()
    now = reports.report(tiny, AS_WRITTEN)
    assert now is reports.report(tiny, AS_WRITTEN, TINY.encode())
    assert now is reports.report(tiny, AS_WRITTEN)
    assert reports.graph(tiny, AS_WRITTEN) is reports.graph(tiny, AS_WRITTEN, TINY.encode())


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Conditions(batch=2), id="batch"),
        pytest.param(Conditions(dtype="int8"), id="dtype"),
        pytest.param(Conditions(variant="wide"), id="variant"),
        pytest.param(Conditions(input="3x16x16"), id="input"),
    ],
)
def test_other_conditions_are_another_report(tiny, other):
    reports = Reports()
    assert reports.report(tiny, AS_WRITTEN) != reports.report(tiny, other)


def test_another_text_is_another_network(tiny):
    reports = Reports()
    wider = reports.report(tiny, AS_WRITTEN, TINY.replace("width: 16", "width: 24").encode())
    assert MACS + 8 * 27 * 1024 + 8 * 8 * 1024 == wider.totals.macs
    assert MACS == reports.report(tiny, AS_WRITTEN).totals.macs


def test_two_files_of_one_name(tiny, repo):  # noqa: F811
    repo.write("other/nets/tiny.yaml", TINY.replace("width: 16", "width: 24"))
    other = Subject(SpecRef("nets/tiny.yaml"), str(repo.path / "other/nets/tiny.yaml"))
    reports = Reports()
    assert reports.report(tiny, AS_WRITTEN) != reports.report(other, AS_WRITTEN)


def test_a_mistake_is_at_the_path_that_was_written(tiny):
    with pytest.raises(SpecError, match=r"^nets/tiny\.yaml:8:5: "):
        Reports().graph(tiny, AS_WRITTEN, TINY.replace("conv:", "convv:", 1).encode())


def test_what_is_not_there():
    with pytest.raises(UsageError, match="no shipped spec 'lenett'"):
        Reports().report(Subject(SpecRef("lenett")), AS_WRITTEN)


@pytest.mark.parametrize(
    ("spec", "conditions", "label"),
    [
        pytest.param("a.yaml", AS_WRITTEN, "a.yaml", id="as written"),
        pytest.param("a.yaml", Conditions(variant="50"), "a.yaml@50", id="a variant"),
        pytest.param("a.yaml@18", Conditions(variant="50"), "a.yaml@18", id="the reference's own wins"),
        pytest.param("a.yaml", Conditions(input="3x8x8"), "a.yaml@,input=3x8x8", id="an input"),
        pytest.param(
            "a.yaml@input=3x9x9", Conditions(input="3x8x8"), "a.yaml@,input=3x9x9", id="its own input"
        ),
        pytest.param(
            "a.yaml@18,width=2,input=3x9x9", AS_WRITTEN, "a.yaml@18,width=2,input=3x9x9", id="all of it"
        ),
    ],
)
def test_what_people_call_it(spec, conditions, label):
    assert label == Subject(parse_ref(spec)).at(conditions).label


def test_the_whole_spec_and_its_place():
    subject = Subject(parse_ref("resnet@50,input=3x160x160"))
    assert (Subject(SpecRef("resnet")), "resnet") == (subject.whole, subject.place)
    assert "/x/a.yaml" == Subject(SpecRef("a.yaml"), "/x/a.yaml").place
