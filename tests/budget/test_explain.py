"""Why a rule failed: what grew, what costs most, where memory peaks, and the line to edit."""

from __future__ import annotations

import pytest

from convcost.budget.explain import MOST, Explainer
from tests.budget.repository import TINY

MANY = TINY.replace("  - global_avg_pool", "  - conv: {out: 32, kernel: 1, repeat: 9}\n  - global_avg_pool")


def reasons(result):
    explainer = Explainer()
    return [explainer.reason(verdict, result.sides_of(verdict)) for verdict in result.verdicts]


def line(reason):
    return reason.edit.line if reason.edit else None


@pytest.mark.parametrize(
    ("rule", "layers", "more", "edit"),
    [
        pytest.param("metric: macs, max: 1", ["body", "stem.conv", "reduce", "fc"], -1, 10, id="macs"),
        pytest.param(
            'metric: macs, max: 1, layers: "stem.*"', ["stem.conv"], -4, 8, id="only what the rule is about"
        ),
        pytest.param(
            "metric: reduction_saving, min: 99x", ["body", "stem.conv", "reduce", "fc"], -1, 10, id="a saving"
        ),
        pytest.param("metric: receptive_field, max: 1", [], 0, 13, id="a field: the last layer"),
        pytest.param(
            "metric: nonlinearities, max: 0, layers: stem.act, of: sum", ["stem.act"], -4, 8, id="a level's"
        ),
        pytest.param(
            "metric: nonlinearities, min: 9, layers: fc, of: sum", [], -5, 13, id="none costs anything"
        ),
        pytest.param("metric: macs, max: 1, layers: none", [], 0, None, id="no layer at all"),
    ],
)
def test_what_costs_most(repo, rule, layers, more, edit):
    repo.budget(f"id: a, {rule}")
    (reason,) = reasons(repo.check())
    assert (layers, more, edit) == ([x.name for x in reason.costliest], reason.more, line(reason))
    assert () == reason.grown


def test_intensity_is_explained_by_flops(repo):
    repo.budget("id: a, metric: intensity, min: 99x")
    (reason,) = reasons(repo.check())
    flops = [layer.metric("flops") for layer in reason.costliest]
    assert sorted(flops, reverse=True) == flops
    assert 2 * 2_359_296 + 32 * 1024 == flops[0]  # body: two for each multiply-accumulate, and the bias


def test_a_few_are_named_and_the_others_counted(repo):
    repo.write("nets/tiny.yaml", MANY)
    repo.budget("id: a, metric: macs, max: 1")
    (reason,) = reasons(repo.check())
    assert (MOST, 13 - MOST) == (len(reason.costliest), reason.more)  # 3 + 9 convolutions, and fc


def test_what_grew_most_is_first_and_what_grew_by_itself_is_to_edit(repo):
    repo.budget(
        "id: a, metric: macs, max: 1", "id: b, metric: macs, min: 1G", "id: c, metric: peak_bytes, max: 1 B"
    )
    repo.commit()
    repo.write("nets/tiny.yaml", TINY.replace("out: 8", "out: 9"))
    most, least, peak = reasons(repo.check(baseline="git:HEAD"))
    assert ["body", "reduce"] == [change.layer.name for change in most.grown]
    assert (9, 2 - MOST, ()) == (
        line(most),
        most.more,
        most.costliest,
    )  # body has a wider input: reduce is why
    assert ((), "body") == (least.grown, least.costliest[0].name)  # what is too little is not what grew
    assert (9, peak.old_peak.bytes + 4 * 1024) == (line(peak) and 9, peak.peak.bytes)


def test_growth_elsewhere_is_no_reason(repo):
    repo.budget("id: a, metric: macs, max: 1, layers: fc")
    repo.commit()
    repo.write("nets/tiny.yaml", TINY.replace("out: 8", "out: 9"))
    (reason,) = reasons(repo.check(baseline="git:HEAD"))
    assert ((), ["fc"]) == (reason.grown, [layer.name for layer in reason.costliest])


def test_a_peak_names_the_line_of_the_largest_tensor(repo):
    repo.budget("id: a, metric: peak_bytes, max: 1 B", "id: b, metric: peak_bytes, policy: fused, max: 1 B")
    eager, fused = reasons(repo.check())
    assert ("body", 10) == (eager.peak.at, line(eager))
    assert ("eager", "fused") == (eager.peak.policy, fused.peak.policy)
    assert None is eager.old_peak
