"""What no option should be given: a sentence and exit code 2, at once."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from convcost.cli._files import write
from convcost.cli._run import _outcome
from convcost.errors import UsageError
from tests.running import convcost, environment

MANY = "9" * 5000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["check", "--budget", ""], "a file needs a name", id="an empty file name"),
        pytest.param(["export", "lenet", "-o", ""], "a file needs a name", id="an empty output"),
        pytest.param(["analyze", "lenet", "--input", f"1x{MANY}"], "as in 3x224x224", id="input digits"),
        pytest.param(["analyze", "lenet", "--input", ""], "as in 3x224x224, not ''", id="an empty input"),
        pytest.param(["analyze", "lenet@input="], "as in 3x224x224, not ''", id="an empty input behind @"),
        pytest.param(["analyze", "lenet", "--batch", MANY], "from 1 to 1,000,000,000", id="batch digits"),
        pytest.param(["analyze", "lenet", "--batch", "1125899906842624"], "from 1 to", id="batch"),
        pytest.param(["analyze", "lenet", "--depth", "1" * 25], "from 1 to 1,000", id="depth"),
        pytest.param(["profile", "lenet", "--repeat", "1" + "0" * 30], "from 1 to 100,000", id="repeat"),
        pytest.param(["profile", "lenet", "--warmup", "1" + "0" * 30], "from 0 to 100,000", id="warmup"),
        pytest.param(["profile", "lenet", "--threads", "112589990"], "from 1 to 1,024", id="threads"),
        pytest.param(["reduce", "lenet", "--width", MANY], "from 1 to", id="width digits"),
        pytest.param(["reduce", "lenet", "--ratio", "x" * 5000], "is not a count", id="ratio"),
        pytest.param(["budget", "init", "--margin", "x"], "is not a share", id="no margin"),
        pytest.param(
            ["budget", "init", "--margin", "5"], "a share ends in %: 5%", id="a margin without unit"
        ),
        pytest.param(["budget", "init", "--margin", "+5%"], "is not a share", id="a margin with a sign"),
    ],
)
def test_a_sentence_and_exit_code_2(arguments, said):
    outcome = _outcome(arguments)
    assert (2, "") == (outcome.code, outcome.out)
    assert said in outcome.err
    assert len(outcome.err) < 500


def test_a_margin_is_read_before_a_folder_is_walked(monkeypatch):
    monkeypatch.setattr("os.walk", lambda *_: pytest.fail("walked"))
    assert 2 == _outcome(["budget", "init", "--margin", "x"]).code


@pytest.mark.parametrize(
    "env",
    [
        pytest.param({"_CONVCOST_COMPLETE": "bash_complete"}, id="no words"),
        pytest.param({"_CONVCOST_COMPLETE": "zsh_complete", "COMP_WORDS": "convcost a"}, id="no place"),
        pytest.param(
            {"_CONVCOST_COMPLETE": "bash_complete", "COMP_WORDS": "convcost", "COMP_CWORD": "x"},
            id="no number",
        ),
        pytest.param(
            {"_CONVCOST_COMPLETE": "fish_complete", "COMP_WORDS": "convcost", "COMP_CWORD": " "}, id="a blank"
        ),
        pytest.param({"_CONVCOST_COMPLETE": "tcsh_complete"}, id="another shell"),
        pytest.param({"_CONVCOST_COMPLETE": "1"}, id="a flag"),
    ],
)
def test_completion_without_its_companions(env, monkeypatch):
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    outcome = _outcome(["analyze", "lenet"])
    assert (2, "") == (outcome.code, outcome.out)
    assert outcome.err.startswith("convcost: _CONVCOST_COMPLETE is set, ")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_for_a_full_disk(word):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "convcost", word],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
    assert 2 == done.returncode
    assert b"convcost: the output cannot be written: No space left on device\n" == done.stderr


def test_columns_of_many_digits():
    assert 0 == convcost("analyze", "lenet", COLUMNS=MANY).returncode


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    file = tmp_path / "x.yaml"
    file.write_text("old")
    file.chmod(0o640)
    write(str(file), "new")
    assert ("new", 0o640) == (file.read_text(), stat.S_IMODE(file.stat().st_mode))

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", broken)
    with pytest.raises(UsageError, match="cannot be written: no space left on device"):
        write(str(file), "newer")
    assert ("new", [file]) == (file.read_text(), list(tmp_path.iterdir()))


def test_a_link_is_written_through_and_a_device_is_not_replaced(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write(str(tmp_path / "link"), "text")
    assert ("text", True) == ((tmp_path / "file").read_text(), (tmp_path / "link").is_symlink())
    (tmp_path / "null").symlink_to(os.devnull)
    write(str(tmp_path / "null"), "text")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
