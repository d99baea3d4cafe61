"""``convcost field``: a position's pixels in numbers, drawn, and as JSON; what it says of mistakes."""

from __future__ import annotations

import json

import pytest

from tests.running import convcost

BLOCKS = """\
convcost: 1
name: blocks
input: [1, 16]
layers:
  - avg_pool: {kernel: 4}
  - upsample: {factor: 4}
  - conv: {name: last, out: 1, kernel: 3, padding: 1}
"""


@pytest.fixture
def blocks(tmp_path):
    path = tmp_path / "blocks.yaml"
    path.write_text(BLOCKS, "utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("at", "box", "clipped"),
    [
        pytest.param("0", [[-4, 3]], [[0, 3]], id="the first, and a block before it that isn't there"),
        pytest.param("1", [[0, 3]], [[0, 3]], id="within a block"),
        pytest.param("3", [[0, 7]], [[0, 7]], id="where two meet"),
        pytest.param("15", [[12, 19]], [[12, 15]], id="the last"),
    ],
)
def test_json_has_first_and_last_pixels(blocks, at, box, clipped):
    data = json.loads(convcost("field", blocks, "--at", at, "--json").stdout)
    assert (box, clipped) == (data["box"], data["clipped"])
    assert {"input": {"box": box, "clipped": clipped}} == data["inputs"]


def test_a_line_is_drawn(blocks):
    text = convcost("field", blocks, "last", "--at", "3").stdout
    assert text.splitlines()[2:6] == [
        "dim  sees px  size  in the input  size",
        "0     0 to 7     8        0 to 7     8",
        "",
        "  ########........",
    ]


def test_a_plane_is_drawn_within_80_columns_in_ascii():
    text = convcost(
        "field", "vgg@16", "stage5.pool", "--at", "6,0", COLUMNS="80", PYTHONIOENCODING="ascii"
    ).stdout
    drawn = [line.strip() for line in text.splitlines() if set(line.strip()) <= {".", "#"} and line.strip()]
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 80
    # pixels 6·32 - 90 = 102 to 223, and 0 to 121, of 224: of 20 rows of 11.2 those from the ninth on,
    # of 64 columns of 3.5 the first 35
    assert ["." * 64] * 9 + ["#" * 35 + "." * 29] * 11 == drawn


def test_without_a_layer_and_a_position_the_middle_of_the_last_map():
    assert convcost("field", "lenet").stdout.startswith("lenet · pool2 · position 2,2 of 4×4\n")


def test_an_input_of_several_has_its_own_box(tmp_path):
    path = tmp_path / "two.yaml"
    path.write_text(
        "convcost: 1\nname: two\ninputs: {left: [1, 8], right: [1, 8]}\nlayers:\n"
        "  - conv: {name: a, from: left, out: 1, kernel: 3, padding: 1}\n"
        "  - add: {name: both, from: [a, right]}\n",
        "utf-8",
    )
    data = json.loads(convcost("field", str(path), "--at", "4", "--json").stdout)
    assert {"left": [[3, 5]], "right": [[4, 4]]} == {name: box["box"] for name, box in data["inputs"].items()}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["lenet", "pool3"], "did you mean 'pool2'?", id="a near miss"),
        pytest.param(
            ["lenet", "pool2", "--at", "3,4"], "positions 0 to 3 along dim 1, but 4", id="out of range"
        ),
        pytest.param(["lenet", "pool2", "--at", "3"], "pool2 has 2 spatial dims", id="too few"),
        pytest.param(["lenet", "ip2", "--at", "3"], "ip2 has no positions", id="no positions"),
        pytest.param(
            ["lenet", "pool2", "--at", "-1,0"], "no position: write one index per dim", id="negative"
        ),
        pytest.param(["lenet", "pool2", "--at", "middle"], "no position: write one index", id="a word"),
    ],
)
def test_mistakes_get_a_sentence(arguments, said):
    result = convcost("field", *arguments)
    assert (2, "") == (result.returncode, result.stdout)
    assert said in " ".join(result.stderr.split())
