"""Every shipped spec reads in all its variants, says where it is from, and stays a page long."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import convcost
from convcost.spec import shipped

SPECS = sorted(Path(shipped.folder()).glob("*.yaml"))
PAGE = 115  # lines: inception_v3, whose modules have five forms; the median is a third of it
WIDTH = 115  # characters: a row of a table stays one line

each_spec = pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in SPECS])


def variants(path: Path) -> list[str]:
    found = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader).get("variants", {})
    return [path.stem, *(f"{path.stem}@{name}" for name in found)]


@pytest.mark.parametrize("network", [pytest.param(v, id=v) for path in SPECS for v in variants(path)])
def test_every_variant_reads(network):
    graph = convcost.load(network)

    assert network.partition("@")[0] == graph.name
    assert (network.partition("@")[2] or None) == graph.variant


@each_spec
def test_the_name_inside_is_the_files(path):
    assert path.stem == convcost.load(str(path)).name


@each_spec
def test_the_header_cites_its_source(path):
    header = path.read_text(encoding="utf-8").partition("convcost: 1")[0]

    assert all(line.startswith("#") for line in header.splitlines())
    assert re.search(r"\b(19|20)\d\d\b", header), "no year"
    assert re.search(r"arXiv \d{4}\.\d{4,5}|BVLC/caffe", header), "no paper and no released model"


@each_spec
def test_it_fits_a_page(path):
    lines = path.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= PAGE
    assert max(map(len, lines)) <= WIDTH
