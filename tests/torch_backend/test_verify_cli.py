"""The commands that need torch, as they are called: exit codes, formats, files, interruptions."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import replace

import pytest

from convcost.cli import INTERRUPTED, main
from convcost.cli._run import run
from convcost.engine import analyze

torch = pytest.importorskip("torch")

from convcost.cli import profile as profile_command  # noqa: E402  (needs torch)
from convcost.torch_backend import runner, verify  # noqa: E402  (needs torch)

QUICK = ("--warmup", "0", "--repeat", "2", "--threads", "1", "--device", "cpu")


def test_verify_says_exact(capsys):
    assert 0 == run(["verify", "lenet", "inception_3a"])

    out = capsys.readouterr().out
    assert 14 == out.count("  exact  ") + out.count("  exact\n")


def wrong(graph, *settings):
    report = analyze(graph, *settings)
    return replace(report, totals=replace(report.totals, peak_bytes=1))


def test_verify_ends_in_1_where_a_figure_differs(monkeypatch, capsys):
    monkeypatch.setattr(verify, "analyze", wrong)

    assert 1 == run(["verify", "lenet"])
    assert "+83,775 measured" in capsys.readouterr().out


def test_verify_ends_in_2_where_a_spec_is_wrong_though_another_differs(monkeypatch, capsys):
    monkeypatch.setattr(verify, "analyze", wrong)

    assert 2 == run(["verify", "lenet", "lenett"])
    captured = capsys.readouterr()
    assert "measured" in captured.out
    assert "lenett" in captured.err


def test_verify_as_json_has_every_figure_of_every_layer(capsys):
    assert 0 == run(["verify", "lenet", "--json", "--batch", "2", "--dtype", "bfloat16"])

    found = json.loads(capsys.readouterr().out)["verifications"][0]
    assert (True, 2, "bfloat16", "fake") == (found["exact"], found["batch"], found["dtype"], found["mode"])
    assert 8 == len(found["layers"])
    # 20 filters of 5·5, and 20 biases
    assert {"estimate": 520, "measured": 520, "exact": True} == found["layers"][0]["figures"]["params"]


def test_verify_as_csv_has_a_row_per_figure(capsys):
    assert 0 == run(["verify", "lenet", "--format", "csv"])

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert 6 + 8 * 6 == len(rows)
    assert {"true"} == {row["exact"] for row in rows}


def test_verify_shows_every_layer_where_asked(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    assert 0 == run(["verify", "lenet", "--layers", "--real"])

    out = capsys.readouterr().out
    assert "20×24×24" in out
    assert "run for real on cpu" in out


@pytest.mark.parametrize("form", ["table", "markdown", "csv", "json"])
def test_profile_in_every_format(form, capsys):
    assert 0 == run(["profile", "lenet", *QUICK, "--format", form])
    assert "conv1" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["table", "markdown", "csv", "json"])
def test_profile_without_reductions_in_every_format(form, capsys):
    assert 0 == run(["profile", "inception_3a", "--without-reductions", *QUICK, "--format", form])
    assert "3a.b5.reduce.conv" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["lenet", "--repeat", "0"], "'0' is not an integer from 1 to 100,000", id="repeat 0"),
        pytest.param(["lenet", "--dtype", "int8"], "'int8' is not one of", id="int8"),
        pytest.param(["lenet", *QUICK, "--batch", "100000000"], "of memory are needed", id="too large"),
        pytest.param(["lenet", *QUICK, "--without-reductions"], "no 1×1 reduction", id="nothing to remove"),
    ],
)
def test_profile_refuses_in_a_sentence(arguments, said, capsys):
    assert 2 == run(["profile", *arguments])

    captured = capsys.readouterr()
    assert "" == captured.out
    assert said in captured.err


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("command", ["verify", "profile"])
def test_without_a_gpu_cuda_ends_in_2(command, capsys):
    assert 2 == run([command, "lenet", "--device", "cuda"])
    assert "there is no CUDA device" in capsys.readouterr().err


def test_ctrl_c_in_the_middle_ends_in_130(monkeypatch, capsys):
    before = torch.get_num_threads()

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner.Subject, "whole", interrupted)
    monkeypatch.setattr(sys, "argv", ["convcost", "profile", "lenet", "--threads", "2"])
    with pytest.raises(SystemExit) as stop:
        main()

    assert INTERRUPTED == stop.value.code
    assert "" == capsys.readouterr().out
    assert before == torch.get_num_threads()


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "shown"),
    [pytest.param(Terminal(), True, id="terminal"), pytest.param(io.StringIO(), False, id="pipe")],
)
def test_progress_is_shown_on_a_terminal_alone(stream, shown, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream)
    with profile_command._progress("resnet", 2) as tick:
        tick()
        tick()

    assert shown == ("resnet" in stream.getvalue())


def test_export_writes_a_file(tmp_path, capsys):
    path = tmp_path / "model.py"

    assert 0 == run(["export", "lenet", "-o", str(path)])
    assert "" == capsys.readouterr().out
    assert "class Lenet(nn.Module):" in path.read_text("utf-8")


def test_export_to_stdout_takes_settings(capsys):
    assert 0 == run(["export", "mobilenet_v1", "--set", "width=0.5", "--input", "3x160x160"])
    assert "1,331,592 parameters, 76,524,800 multiply-accumulates" in capsys.readouterr().out


def test_export_to_a_folder_is_refused(tmp_path, capsys):
    assert 2 == run(["export", "lenet", "-o", str(tmp_path)])
    assert "cannot be written: is a directory" in capsys.readouterr().err
