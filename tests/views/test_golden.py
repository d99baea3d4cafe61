"""What each command shows, whole, in two terminals and in Markdown."""

from __future__ import annotations

from functools import cache

import pytest

import convcost
from convcost.api import figures
from convcost.budget.explain import Explainer
from convcost.budget.findings import findings
from convcost.engine import settle
from convcost.engine.delta import delta
from convcost.engine.run import Run
from convcost.reductions.breakeven import breakeven
from convcost.reductions.insertion import insert_reductions
from convcost.reductions.removal import without_reductions
from convcost.transforms.convolutionalize import convolutionalize
from convcost.views import analyze, check, codes, compare, diff, explain, ops, specs, transforms
from convcost.views import breakeven as breakeven_view
from tests.budget.repository import TINY, Repo
from tests.golden import FORMS, holds

analyzed = cache(convcost.analyze)
graph = cache(convcost.load)


def choice(*parts, **more):
    return analyze.Choice(parts, **more)


@cache
def pair():
    return convcost.compare("resnet@34", "resnet@50", "resnet@50_v1")


def removed(name, **more):
    result = without_reductions(graph(name))
    return transforms.without(result, figures(graph(name)), figures(result.graph), name, **more)


def inserted(name, **more):
    result = insert_reductions(graph(name), 4, sandwich=True)
    return transforms.reduce(result, figures(graph(name)), figures(result.graph), name, **more)


def as_convolutions(name, size):
    result = convolutionalize(graph(name), size)
    return transforms.convolutionalized(result, figures(graph(name)), figures(result.graph), name)


def reduced(name, only=None, **more):
    return breakeven_view.view(
        breakeven(graph(name), only), name, "1 MAC = 2 FLOPs; batch 1, float32", **more
    )


def differing(new, old, metric):
    after, before = figures(graph(new)), figures(graph(old))
    return diff.view(diff.Compared(new, old, after, before, delta(before, after)), metric)


def explained(name):
    return explain.overview(Run(settle(graph(name))), name)


VIEWS = {
    "analyze": lambda: analyze.view(analyzed("resnet@50"), "resnet@50"),
    "analyze_many_stages": lambda: analyze.view(analyzed("googlenet", batch=2, dtype="float16"), "googlenet"),
    "analyze_nothing_to_remove": lambda: analyze.view(analyzed("lenet"), "lenet"),
    "analyze_full": lambda: analyze.view(analyzed("squeezenet"), "squeezenet", choice(*analyze.FULL)),
    "analyze_layers": lambda: analyze.view(
        analyzed("lenet"), "lenet", choice("layers", sort="saved_bytes", top=3)
    ),
    "analyze_sites": lambda: analyze.view(analyzed("densenet@121"), "densenet@121", choice("sites")),
    "compare": lambda: compare.view(pair()),
    "compare_layers": lambda: compare.layers_view(pair(), "peak_bytes", 1),
    "breakeven": lambda: reduced("googlenet"),
    "breakeven_chart": lambda: reduced("googlenet", "3a.b5"),
    "without": lambda: removed("googlenet"),
    "without_nothing": lambda: removed("lenet"),
    "reduce": lambda: inserted("vgg@11"),
    "convolutionalize": lambda: as_convolutions("lenet", (1, 44, 44)),
    "diff": lambda: differing("resnet@50_v1", "resnet@50", "macs"),
    "diff_nothing": lambda: differing("lenet", "lenet", "macs"),
    "explain": lambda: explained("lenet"),
    "specs": lambda: specs.view([(name, figures(graph(name))) for name in ("lenet", "vgg@11")]),
    "validate": lambda: specs.valid([(name, graph(name)) for name in ("lenet", "vgg@11")]),
    "ops_conv": lambda: ops.page("conv"),
    "errors_code": lambda: codes.page("CC101"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", VIEWS)
def test_looks_as_it_did(name, form, snapshot):
    holds(snapshot, VIEWS[name](), form)


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """The results of a check that finds all there is to find, and of one that finds nothing."""
    with pytest.MonkeyPatch.context() as patch:
        path = tmp_path_factory.mktemp("repository")
        patch.chdir(path)
        repo = Repo(path)
        repo.write("nets/tiny.yaml", TINY)
        repo.budget(
            "id: total, metric: macs, max: 3M, warn: 2.9M",
            "id: creep, metric: macs, max_increase: +2%",
            'id: wide, metric: macs, layers: "**", exclude: fc, of: each, max: 2M, level: warn',
            "id: weights, metric: params, max: 10k, message: It has to fit into flash.",
            "id: memory, metric: peak_bytes, max: 1 MiB",
        )
        repo.commit()
        fine = repo.check(baseline="git:HEAD")
        repo.write("nets/tiny.yaml", TINY.replace("kernel: 3}", "kernel: 5}", 1))
        repo.write("nets/new.yaml", TINY)
        return {"passes": fine, "fails": repo.check(baseline="git:HEAD")}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["passes", "fails"])
def test_check_looks_as_it_did(name, form, checked, snapshot):
    result, explainer = checked[name], Explainer()
    found = findings(result, lambda verdict: explainer.reason(verdict, result.sides_of(verdict)))
    holds(snapshot, check.view(result, found), form)
