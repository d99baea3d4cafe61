"""``convcost validate --json``: every mistake as data, and nothing else on standard output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from tests.running import ROOT
from tests.running import convcost as run
from tests.spec.helpers import net

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = json.loads((ROOT / "convcost/schemas/validate.schema.json").read_text("utf-8"))
BLOCK = "blocks: {b: {args: {out: ~}, layers: [conv: {out: out, kernel: 1}]}}\n"


def validated(*specs: str, stdin: str = "") -> tuple[int, dict]:
    """Return the exit code and the document, after checking it against its schema."""
    done = run("validate", *specs, "--json", stdin=stdin.encode())
    document = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    assert "" == done.stderr
    return done.returncode, document


def test_a_good_spec() -> None:
    code, document = validated("-", stdin=net("conv: {name: c, out: 8, kernel: 3}"))
    valid = {"spec": "-", "inputs": {"input": [3, 32, 32]}, "outputs": {"c": [8, 30, 30]}, "layers": 1}
    assert (0, [valid], []) == (code, document["valid"], document["diagnostics"])


def test_a_bad_spec() -> None:
    code, document = validated("-", "lenet", stdin=net("conv: {outt: 8, kernel: 3}"))
    found = {
        "severity": "error",
        "code": "CC302",
        "file": "<stdin>",
        "line": 5,
        "column": 12,
        "length": 4,
        "message": "conv has no 'outt'",
        "hint": "did you mean 'out'?",
        "notes": [],
        "inside": [],
    }
    assert (2, [found]) == (code, document["diagnostics"])
    assert ["lenet"] == [valid["spec"] for valid in document["valid"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("", "CC110", id="empty"),
        pytest.param("a: [", "CC104", id="no YAML"),
        pytest.param("- relu", "CC304", id="a list"),
        pytest.param(net("relu: {x: 1}", head="vars: {a: 010}\n"), "CC108", id="several"),
    ],
)
def test_whatever_is_wrong(text: str, code: str) -> None:
    exit_code, document = validated("-", stdin=text)
    assert (2, code) == (exit_code, document["diagnostics"][0]["code"])


def test_a_file_that_is_not_there() -> None:
    code, document = validated("no/such.yaml")
    (found,) = document["diagnostics"]
    assert (2, "CC101", None, None) == (code, found["code"], found["file"], found["line"])


def test_the_line_of_a_block_is_inside() -> None:
    _, document = validated("-", stdin=net("b: {out: 0}", head=BLOCK))
    (found,) = document["diagnostics"]
    assert (6, [4]) == (found["line"], [place["line"] for place in found["inside"]])


def test_variants_share_a_mistake() -> None:
    text = net("conv: {out: width, kernel: 99}", head="vars: {width: 4}\nvariants: {a: {width: 8}, b: {}}\n")
    code, document = validated("-", stdin=text)
    assert (2, ["CC401"]) == (code, [found["code"] for found in document["diagnostics"]])


def test_form_and_shapes_are_judged_together() -> None:
    done = run("validate", "-", stdin=net("conv: {out: widht, kernel: 3}", "relu: {x: 1}").encode())
    assert (2, "") == (done.returncode, done.stdout)
    assert ["CC202", "CC302"] == [
        line.split("[")[1][:5] for line in done.stderr.splitlines() if "error[" in line
    ]


# --- warnings ----------------------------------------------------------------------------

BATCH = net("relu", input="[1, 3, 64, 64]")
SAID = (
    "<stdin>:3:8: warning[CC317]: [1, 3, 64, 64] is 1 channel of 3×64×64; "
    "is 1 the batch size? It is set by --batch\n"
)


def test_a_warning_is_said_and_changes_nothing_else() -> None:
    done = run("analyze", "-", "--json", stdin=BATCH.encode())
    assert 0 == done.returncode
    assert done.stderr.startswith(SAID)
    assert [1, 3, 64, 64] == json.loads(done.stdout)["networks"][0]["input"]


def test_it_is_said_once() -> None:
    done = run("compare", "-", "-", stdin=BATCH.encode())
    assert (0, 1) == (done.returncode, done.stderr.count("CC317"))


def test_it_comes_before_the_errors() -> None:
    done = run("analyze", "-", stdin=net("conv: {out: 4, kernel: 5}", input="[1, 3, 64, 64]").encode())
    assert (2, True) == (done.returncode, done.stderr.startswith(SAID))
    assert done.stderr.index("warning[") < done.stderr.index("error[")


def test_validate_has_it_as_data() -> None:
    code, document = validated("-", stdin=BATCH)
    assert (0, 1) == (code, len(document["valid"]))
    assert [("warning", "CC317", "write [3, 64, 64]")] == [
        (found["severity"], found["code"], found["hint"]) for found in document["diagnostics"]
    ]


def test_python_warns(tmp_path: Path) -> None:
    from convcost import load
    from convcost.errors import ConvcostWarning

    path = tmp_path / "net.yaml"
    path.write_text(BATCH, encoding="utf-8")
    with pytest.warns(ConvcostWarning, match="is 1 the batch"):
        load(str(path))


def test_other_warnings_are_shown() -> None:
    import warnings

    from convcost.cli._warnings import gathered

    def run_and_gather() -> None:
        with gathered() as found:
            warnings.simplefilter("always")
            warnings.warn("another package's", UserWarning, stacklevel=1)
        assert [] == found

    with pytest.warns(UserWarning, match="another package's"):
        run_and_gather()
