"""The program as people and scripts meet it: exit codes, streams, formats, settings."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from convcost.cli._group import COMMANDS
from convcost.cost import COUNTERS, METRICS
from convcost.spec.shipped import folder
from tests.running import ROOT, convcost, environment, loaded_by

WRONG = b"convcost: 1\nname: w\ninput: [3, 8, 8]\nlayers:\n  - conv: {out: 4, kernal: 3}\n"
FINE = b"convcost: 1\nname: w\ninput: [3, 8, 8]\nlayers:\n  - conv: {out: 4, kernel: 3}\n"
SCHEMA = json.loads((ROOT / "convcost/schemas/report.schema.json").read_text("utf-8"))


def test_analyze_says_the_totals_in_full():
    done = convcost("analyze", "googlenet")
    assert (0, "") == (done.returncode, done.stderr)
    assert "1,582,671,872" in done.stdout
    assert "6,998,552" in done.stdout
    assert "1 MAC = 2 FLOPs; batch 1, float32" == done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["--help"], 0, id="help"),
        pytest.param(["--version"], 0, id="version"),
        pytest.param([], 2, id="no command"),
        pytest.param(["analyse"], 2, id="unknown command"),
        pytest.param(["analyze"], 2, id="no spec"),
        pytest.param(["analyze", "lenet", "--batch", "0"], 2, id="batch 0"),
        pytest.param(["analyze", "lenet", "--dtype", "float31"], 2, id="unknown dtype"),
        pytest.param(["analyze", "lenet", "--set", "classes"], 2, id="a set without a value"),
        pytest.param(["analyze", "lenet", "--set", "klasses=3"], 2, id="an unknown var"),
        pytest.param(["analyze", "lenet@5"], 2, id="an unknown variant"),
        pytest.param(["analyze", "lenett"], 2, id="an unknown spec"),
        pytest.param(["analyze", "no/such.yaml"], 2, id="a missing file"),
        pytest.param(["analyze", "specs/"], 2, id="a folder"),
        pytest.param(["compare", "lenet"], 2, id="nothing to compare with"),
        pytest.param(["ops", "convv"], 2, id="an unknown op"),
        pytest.param(["specs", "lenett"], 2, id="an unknown spec to print"),
        pytest.param(["completion", "tcsh"], 2, id="an unknown shell"),
    ],
)
def test_exit_codes_and_streams(arguments, code):
    done = convcost(*arguments)
    assert code == done.returncode
    assert bool(code) == bool(done.stderr)
    assert bool(code) != bool(done.stdout)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        pytest.param(["analyse"], "did you mean 'analyze'?", id="command"),
        pytest.param(["analyze", "googlenett"], "did you mean 'googlenet'?", id="spec"),
        pytest.param(["ops", "max_pol"], "did you mean 'max_pool'?", id="op"),
    ],
)
def test_typing_errors_get_a_suggestion(arguments, hint):
    assert hint in convcost(*arguments).stderr


def test_one_wrong_spec_hides_no_other():
    done = convcost("analyze", "lenet", "nope", "-", "squeezenet", stdin=WRONG)
    assert 2 == done.returncode
    assert "lenet" in done.stdout
    assert "squeezenet" in done.stdout
    assert "<stdin>:5:20: error[" in done.stderr
    assert "no shipped spec 'nope'" in done.stderr


def test_standard_input_is_read_once_for_all_its_uses():
    done = convcost("compare", "--", "-", "-@input=3x16x16", stdin=FINE)
    assert 0 == done.returncode, done.stderr
    assert "3×16×16" in done.stdout


def test_settings_apply():
    done = convcost(
        "analyze", "mobilenet_v1", "--set", "width=0.5", "--input", "3x160x160", "--batch", "2", "--json"
    )
    network = json.loads(done.stdout)["networks"][0]
    assert 2 * 76_524_800 == network["totals"]["macs"]
    assert 1_331_592 == network["totals"]["params"]


def test_a_bug_of_ours_says_so_and_how_to_see_more():
    code = (
        "import sys, convcost.engine.cost as c; sys.argv = ['convcost', 'analyze', 'lenet']\n"
        "def broken(*a, **k): raise ZeroDivisionError('\\x1b[31m')\n"
        "c.report = broken\n"
        "from convcost.cli import main; main()"
    )
    run = [sys.executable, "-c", code]
    short = subprocess.run(run, capture_output=True, text=True, env=environment(), check=False)
    assert (3, "") == (short.returncode, short.stdout)
    assert (
        "internal error (a bug in convcost) with lenet at <string>:2: ZeroDivisionError: \\x1b[31m"
        in short.stderr
    )
    assert "Traceback" not in short.stderr
    full = subprocess.run(
        run, capture_output=True, text=True, env=environment(CONVCOST_TRACEBACK="1"), check=False
    )
    assert 3 == full.returncode
    assert "Traceback" in full.stderr


def test_ctrl_c_is_130():
    reading = subprocess.Popen(
        [sys.executable, "-m", "convcost", "analyze", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert reading.stdin is not None
    reading.stdin.write(b"#" * 200_000)  # more than a pipe holds: once it is written, the program is reading
    reading.stdin.flush()
    reading.send_signal(signal.SIGINT)
    out, err = reading.communicate(timeout=30)
    assert (130, b"", b"") == (reading.returncode, out, err)


def test_a_closed_pipe_is_141():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "analyze", "lenet"],
        stdout=writer,
        stderr=subprocess.PIPE,
        env=environment(),
        check=False,
    )
    os.close(writer)
    assert (141, b"") == (done.returncode, done.stderr)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_said():
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "convcost", "analyze", "lenet"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
    assert 2 == done.returncode
    assert b"the output cannot be written" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["analyze", "googlenet", "resnet@18"], id="analyze"),
        pytest.param(["analyze", "unet", "--batch", "2", "--dtype", "int8"], id="settings"),
        pytest.param(["compare", "resnet@34", "resnet@50"], id="compare"),
    ],
)
def test_json_holds_to_its_schema(arguments):
    Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(convcost(*arguments, "--json").stdout)
    assert [] == list(Draft202012Validator(SCHEMA).iter_errors(document))


def test_the_schema_knows_every_metric_and_nothing_else():
    layer = SCHEMA["$defs"]["layer"]
    own = {"name", "op", "role", "output", "counters", "receptive_field_least", "receptive_field_period"}
    assert {*METRICS, *own} == set(layer["properties"])
    assert set(COUNTERS) == set(layer["properties"]["counters"]["properties"])
    assert set(layer["properties"]) == set(layer["required"])
    assert layer["additionalProperties"] is False


def test_csv_sums_to_the_totals():
    text = convcost("analyze", "googlenet", "lenet", "--layers", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert 1_582_671_872 == sum(int(row["macs"]) for row in rows if row["network"] == "googlenet")
    assert 2_293_000 == sum(int(row["macs"]) for row in rows if row["network"] == "lenet")


def test_sort_and_top():
    done = convcost("analyze", "vgg@16", "--layers", "--sort", "params", "--top", "2", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [102_764_544, 16_781_312] == [int(row["params"]) for row in rows]  # 25088·4096 + 4096, 4096·4097


def test_compare_gives_exact_ratios():
    document = json.loads(convcost("compare", "resnet@34", "resnet@50", "--json").stdout)
    assert "4089184256/3663761408" != document["comparison"]["ratios"][1]["macs"]  # lowest terms
    top, bottom = map(int, document["comparison"]["ratios"][1]["macs"].split("/"))
    assert 4_089_184_256 * bottom == 3_663_761_408 * top


def test_compare_layers_lines_up_by_name():
    done = convcost("compare", "resnet@50", "resnet@50_v1", "--layers", "--format", "csv")
    rows = {row["layer"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    first = rows["stage2.0.conv1.conv"]  # the stride moves here: a quarter of the positions
    assert int(first["resnet@50"]) == 4 * int(first["resnet@50_v1"])


def test_specs_lists_every_shipped_file_and_prints_one():
    listed = convcost("specs").stdout
    names = [name.removesuffix(".yaml") for name in os.listdir(folder())]
    assert [] == [name for name in names if f"\n{name}" not in listed]
    with open(os.path.join(folder(), "resnet.yaml"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    printed = convcost("specs", "resnet").stdout.splitlines()
    assert [line for line in lines if "$schema" not in line] == [
        line for line in printed if "$schema" not in line
    ]


def test_the_schema_of_a_printed_spec_is_where_it_says():
    (line,) = (line for line in convcost("specs", "resnet@18").stdout.splitlines() if "$schema" in line)
    with open(line.partition("=")[2], encoding="utf-8") as file:
        assert convcost("schema").stdout == file.read()


def test_validate_goes_through_the_variants():
    done = convcost("validate", "vgg", "-", stdin=WRONG)
    assert 2 == done.returncode
    assert ["vgg@11", "vgg@13", "vgg@16", "vgg@19"] == [
        line.split()[0] for line in done.stdout.splitlines() if line.startswith("vgg@")
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command):
    done = convcost(command, "--help")
    assert 0 == done.returncode
    assert f"  convcost {command}" in done.stdout.partition("Examples:")[2]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_scripts(shell):
    assert "_CONVCOST_COMPLETE" in convcost("completion", shell).stdout


@pytest.mark.parametrize(
    ("env", "arguments", "colored"),
    [
        pytest.param({}, [], False, id="a pipe"),
        pytest.param({"FORCE_COLOR": "1"}, [], True, id="FORCE_COLOR"),
        pytest.param({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False, id="NO_COLOR wins"),
        pytest.param({"NO_COLOR": "1"}, ["--color", "always"], True, id="the option wins"),
        pytest.param({"FORCE_COLOR": "1"}, ["--color", "never"], False, id="the option wins, off"),
    ],
)
def test_colour_is_decided_in_order(env, arguments, colored):
    assert colored == ("\x1b[" in convcost("analyze", "lenet", *arguments, **env).stdout)


def test_an_ascii_terminal_gets_ascii():
    done = convcost("analyze", "lenet", PYTHONIOENCODING="ascii")
    assert done.stdout.isascii()
    assert "1x28x28" in done.stdout


def test_analyze_loads_only_what_it_uses():
    code = "from convcost.cli._run import run; run(['analyze', 'resnet@50'])"
    modules = loaded_by(code)
    heavy = {"torch", "numpy", "rich", "fractions", "difflib", "json", "pathlib", "convcost.cli.compare"}
    assert set() == heavy & modules
    assert "convcost.ops.lrn" not in modules
    assert "json" in loaded_by("from convcost.cli._run import run; run(['analyze', 'lenet', '--json'])")


def test_importing_the_package_loads_none_of_it():
    modules = loaded_by("import convcost")
    assert {"convcost", "convcost.version"} == {name for name in modules if name.startswith("convcost")}
    assert "convcost.engine" in loaded_by("import convcost; convcost.analyze('lenet')")


def summaries(help_text):
    """Return the lines of a group's help that sum its commands up."""
    return help_text.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()


@pytest.mark.parametrize("group", [pytest.param([], id="convcost"), pytest.param(["budget"], id="budget")])
def test_commands_are_summed_up_in_one_line_of_80_columns(group):
    lines = summaries(convcost(*group, "--help", COLUMNS="80").stdout)
    assert len(lines) == (2 if group else len(COMMANDS))
    assert [] == [line for line in lines if len(line) > 80 or not line.endswith(".") or line.endswith("...")]
