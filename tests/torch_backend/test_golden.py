"""What verify and profile show, whole, of figures and times that are made up."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

import convcost
from convcost.api import figures
from convcost.views import profile as profile_view
from convcost.views import profile_without as without_view
from convcost.views import verify as verify_view
from tests.golden import FORMS, holds

pytest.importorskip("torch")

from convcost.torch_backend.machine import Machine
from convcost.torch_backend.profile import Profile
from convcost.torch_backend.profile_memory import Peak
from convcost.torch_backend.profile_without import _pair
from convcost.torch_backend.runner import How, Pass
from convcost.torch_backend.verify import Check, LayerChecks, Verification

MACHINE = Machine(
    device="cpu",
    processor="A Processor",
    cores=8,
    threads=4,
    gpu=None,
    system="Linux 6",
    python="3.11.7",
    torch="2.13.0",
    flags={"instructions": "AVX2", "onednn": True},
)
METRICS = ("activation_bytes", "peak_bytes", "saved_bytes", "params", "macs")


@cache
def report(name):
    return figures(convcost.load(name))


def verified(name, wrong=None):
    """A verification in which every figure is exact but one, of the layer ``wrong``."""
    layers = []
    for layer in report(name).layers:
        checks = [Check("output", layer.output, layer.output)]
        checks += [
            Check(m, layer.metric(m), layer.metric(m) + 4 * (layer.name == wrong)) for m in METRICS[2:3]
        ]
        layers.append(LayerChecks(layer.name, layer.op, tuple(checks)))
    totals = [Check(m, report(name).totals.metric(m), report(name).totals.metric(m)) for m in METRICS]
    if wrong:
        saved = totals[2]
        totals[2] = saved._replace(measured=saved.estimate + 4)
        totals[4] = totals[4]._replace(measured=None, why="torch counts none on a cpu")
    return Verification(report(name), "fake", "2.13.0+cpu", tuple(totals), tuple(layers))


def profiled(name, scale=1):
    """A profile in which a layer takes a microsecond and a nanosecond for each thousand macs."""
    times = {x.name: scale * (1000 + x.cost.macs // 1000) for x in report(name).layers}
    passes = tuple(Pass(0, {n: t * k // 10 for n, t in times.items()}, {}) for k in (9, 10, 12))
    whole = tuple(sum(times.values()) * k // 10 for k in (9, 10, 11))
    return Profile(report(name), How(repeat=3), MACHINE, whole, passes, Peak(12_000_000, None), ("A note.",))


def paired():
    from convcost.reductions.removal import without_reductions

    removed = without_reductions(convcost.load("inception_3a"))
    bare = profiled("inception_3a", 2)
    names = {x.name: x for x in figures(removed.graph).layers}
    passes = tuple(Pass(0, {n: p.forward.get(n, 0) for n in names}, {}) for p in bare.passes)
    return _pair(
        profiled("inception_3a"), replace(bare, report=figures(removed.graph), passes=passes), removed
    )


VIEWS = {
    "verify": lambda: verify_view.view(verified("lenet"), "lenet"),
    "verify_differs": lambda: verify_view.view(verified("lenet", "conv2"), "lenet", layers=True),
    "profile": lambda: profile_view.view(profiled("squeezenet"), "squeezenet"),
    "profile_layers": lambda: profile_view.view(profiled("lenet"), "lenet", None),
    "profile_without": lambda: without_view.view(paired(), "inception_3a"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", VIEWS)
def test_looks_as_it_did(name, form, snapshot):
    holds(snapshot, VIEWS[name](), form)
