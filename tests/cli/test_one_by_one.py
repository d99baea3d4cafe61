"""The commands about 1×1 convolutions, as people and scripts meet them."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from tests.running import ROOT, convcost

SCHEMA = json.loads((ROOT / "convcost/schemas/report.schema.json").read_text("utf-8"))

# VGG-16's 3×3 convolutions behind the first: side, channels in, channels out. Reduced to a
# quarter of the channels in, each costs side² · (in · in/4 + 9 · in/4 · out).
_SLIM = (
    (224, 64, 64), (112, 64, 128), (112, 128, 128), (56, 128, 256), (56, 256, 256), (56, 256, 256),
    (28, 256, 512), (28, 512, 512), (28, 512, 512), (14, 512, 512), (14, 512, 512), (14, 512, 512),
)  # fmt: skip
SLIM = (
    224 * 224 * 27 * 64
    + sum(side * side * (i * i // 4 + 9 * i // 4 * o) for side, i, o in _SLIM)
    + 25_088 * 4096
    + 4096 * 4096
    + 4096 * 1000
)


def analyzed(*arguments, **more):
    document = json.loads(convcost("analyze", *arguments, "--json", **more).stdout)
    assert [] == list(Draft202012Validator(SCHEMA).iter_errors(document))
    return document["networks"][0]


def test_analyze_sets_the_network_without_beside_the_totals():
    text = convcost("analyze", "googlenet").stdout
    assert "1×1 reductions: 5 of 18, largest effect on macs first" in text
    row = next(line for line in text.splitlines() if line.startswith("macs"))
    assert ["1.583", "G", "1,582,671,872", "4.427", "G", "2.797×", "less"] == row.split()[1:]
    site = next(line for line in text.splitlines() if line.startswith("3b.b5.reduce"))
    assert [
        "256→32→96",
        "5×5",
        "66.63",
        "M",
        "481.7",
        "M",
        "7.229×",
        "less",
        "less",
        "more",
        "more",
    ] == site.split()[1:]


def test_json_has_all_of_it():
    found = analyzed("googlenet")["reductions"]
    site = next(site for site in found["sites"] if site["layer"] == "3a.b5.reduce.conv")
    assert (16, [192, 16, 32], ["3a.b5.5x5.conv"]) == (site["width"], site["channels"], site["readers"])
    assert (12_443_648, 120_422_400) == (site["with"]["macs"], site["without"]["macs"])
    assert 4_426_547_200 == found["totals_without"]["macs"]


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        pytest.param(
            "mobilenet_v1",
            "No 1×1 reductions: all 13 1×1 convolutions are next to depthwise ones.",
            id="next to depthwise",
        ),
        pytest.param("vgg@16", "No 1×1 reductions: it has no 1×1 convolutions.", id="none"),
    ],
)
def test_a_network_without_reductions_says_why(spec, line):
    assert line in convcost("analyze", spec).stdout.splitlines()


def test_sites_that_cost_more_are_marked_and_those_kept_listed():
    short = convcost("analyze", "densenet@121", "resnext@50_32x4d").stdout
    assert "6 of 54 reductions add more macs than they save (--sites names them)" in short
    assert "15 narrowing 1×1 convolutions cannot be removed (--sites says why)" in short
    text = convcost("analyze", "densenet@121", "resnext@50_32x4d", "--sites").stdout
    assert "6 of 54 reductions add more macs than they save: block1.3.new.reduce" in text
    assert "Not removed: stage1.1.conv1, because its reader stage1.1.conv2.conv has 32 groups" in text


def test_layers_show_their_roles():
    text = convcost("analyze", "googlenet", "--layers").stdout
    row = next(line for line in text.splitlines() if line.startswith("3a.b5.reduce.conv"))
    assert ["conv", "reduce"] == row.split()[1:3]


def test_also_gives_the_naive_module():
    assert (
        303_464_448
        == analyzed("inception_3a", "--also", "pool_projection")["reductions"]["totals_without"]["macs"]
    )


@pytest.mark.parametrize(
    ("arguments", "macs"),
    [
        pytest.param(["without", "googlenet"], 4_426_547_200, id="without"),
        pytest.param(["without", "inception_3a", "--also", "pool_projection"], 303_464_448, id="also"),
        pytest.param(["reduce", "vgg@16", "--ratio", "4"], SLIM, id="reduce"),
        pytest.param(
            ["convolutionalize", "vgg@16", "--input", "3x384x384"], 49_551_114_240, id="convolutionalize"
        ),
    ],
)
def test_what_is_written_analyses_to_what_was_said(arguments, macs, tmp_path):
    piped = convcost(*arguments)
    assert 0 == piped.returncode
    assert piped.stderr.startswith(arguments[1])
    assert macs == analyzed("-", stdin=piped.stdout.encode())["totals"]["macs"]
    path = tmp_path / "net.yaml"
    filed = convcost(*arguments, "-o", str(path))
    assert (0, "") == (filed.returncode, filed.stderr)
    assert piped.stdout == path.read_text("utf-8")
    assert filed.stdout.startswith(arguments[1])


def test_names_line_up_in_compare(tmp_path):
    path = tmp_path / "wide.yaml"
    convcost("without", "resnet@50", "-o", str(path))
    text = convcost("compare", "resnet@50", str(path), "--layers", "--format", "csv").stdout
    row = next(line for line in text.splitlines() if line.startswith("stage1.1.conv2.conv,"))
    # 3×3 of 64 to 64 and of 256 to 256, at 56·56 positions
    assert [str(56 * 56 * 9 * 64 * 64), str(56 * 56 * 9 * 256 * 256)] == row.split(",")[1:3]


def test_analyze_fully_conv():
    text = convcost("analyze", "vgg@16", "--fully-conv", "--input", "3x384x384").stdout
    for said in ("1000×6×6", "49,551,114,240", "556,929,515,520", "11.24×", "a map sees neighbours"):
        assert said in text
    assert (
        "is exactly the network" in convcost("analyze", "lenet", "--fully-conv", "--input", "1x44x44").stdout
    )


def test_breakeven_draws_a_chart_where_one_is_asked_for():
    text = convcost("breakeven", "googlenet", "--only", "3a.b5").stdout
    assert "154  119.8 M  █████████▋    1.005× less  ◀ break-even: macs, params" in text
    rows = json.loads(convcost("breakeven", "googlenet", "--json").stdout)["breakeven"]
    largest = next(row for row in rows if row["layer"] == "3a.b5.reduce.conv")["largest"]
    assert {"macs": 154, "params": 154, "peak_bytes": None, "saved_bytes": None} == largest
    assert "never" in text


def test_explain():
    assert "5×5 · 192 · 32 · 28·28 = 120,422,400" in convcost("explain", "googlenet", "3a.b5").stdout
    assert "total       2,293,000" in convcost("explain", "lenet").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["without", "googlenet", "--only", "nope"], "error[CC503]", id="no such layer"),
        pytest.param(["reduce", "vgg@16"], "either a ratio or a width", id="neither"),
        pytest.param(["reduce", "vgg@16", "--ratio", "x"], "error[CC504]: --ratio", id="no number"),
        pytest.param(["breakeven", "lenet", "--only", "ip1"], "error[CC503]", id="not dense"),
        pytest.param(["explain", "googlenet", "3a.b6"], "did you mean '3a.b5'?", id="a near miss"),
        pytest.param(["convolutionalize", "unet"], "error[CC506]", id="convolutional already"),
        pytest.param(["convolutionalize", "vgg@16", "--input", "big"], "error[CC304]", id="no input"),
        pytest.param(["without", "lenet", "-o", "/no/such/folder/x.yaml"], "error[CC507]", id="no folder"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_2(arguments, said):
    done = convcost(*arguments)
    assert (2, "") == (done.returncode, done.stdout)
    assert said in done.stderr


LONE = """convcost: 1
name: lone
input: [8, 6, 6]
layers:
  - conv: {out: 4, kernel: 1}
  - conv: {out: 4, kernel: 3}
  - conv: {name: end, out: 9, kernel: 1%s}
"""


def test_a_role_that_is_a_guess_says_how_to_declare_it(tmp_path):
    said = "end is taken for the end of a bottleneck; if it classifies, declare role: classifier"
    spec = tmp_path / "lone.yaml"
    for declared in (False, True):
        spec.write_text(LONE % (", role: classifier" if declared else ""), "utf-8")
        assert declared != (said in convcost("analyze", str(spec)).stdout.splitlines())
        guesses = analyzed(str(spec))["reductions"]["guesses"]
        assert declared == (not guesses)
