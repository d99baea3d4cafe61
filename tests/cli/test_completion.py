"""What shells are offered, asked as they ask; and bash and zsh with their hands on a terminal."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time

import pytest

from convcost.codes import CODES
from convcost.cost import SUMMABLE
from tests.budget.repository import TINY
from tests.running import convcost, environment

BUDGET = 'convcost_budget: 1\nspecs: ["net.yaml"]\nbudgets: [{id: size, metric: params, max: 1M}]\n'
PATIENCE = 60.0  # seconds that a busy machine gets; what comes is read at once


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "net.yaml").write_text(TINY, "utf-8")
    (tmp_path / "convcost.budget.yaml").write_text(BUDGET, "utf-8")
    return tmp_path


def offered(line, folder):
    """Return the words that are offered for the last of a line, files apart."""
    words = line.split(" ")
    done = convcost(
        _CONVCOST_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1), cwd=folder
    )
    items = [reply.partition(",") for reply in done.stdout.splitlines()]
    return [value for kind, _, value in items if kind == "plain"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("convcost an", ["analyze"], id="command"),
        pytest.param("convcost analyze --form", ["--format"], id="option"),
        pytest.param("convcost analyze goog", ["googlenet"], id="spec"),
        pytest.param("convcost analyze resnet@5", ["resnet@50", "resnet@50_v1"], id="variant"),
        pytest.param("convcost analyze resnet@50,cl", ["resnet@50,classes="], id="var after a variant"),
        pytest.param("convcost analyze mobilenet_v1@w", ["mobilenet_v1@width="], id="var"),
        pytest.param("convcost analyze net.yaml@w", ["net.yaml@wide", "net.yaml@width="], id="of a file"),
        pytest.param("convcost analyze no/such.yaml@", [], id="of no file"),
        pytest.param("convcost explain googlenet 3", ["3a", "3b"], id="levels"),
        pytest.param("convcost explain net.yaml f", ["flatten1", "fc"], id="layers"),
        pytest.param("convcost field resnet@18 stage1.", ["stage1.0", "stage1.1"], id="levels of a level"),
        pytest.param("convcost explain nonesuch f", [], id="layers of no network"),
        pytest.param("convcost ops max", ["max_pool"], id="op"),
        pytest.param("convcost ops resi", ["residual"], id="word"),
        pytest.param("convcost errors CC4", [code for code in CODES if code[:3] == "CC4"], id="code"),
        pytest.param("convcost help comp", ["compare", "completion"], id="topic"),
        pytest.param("convcost compare --metric pe", [m for m in SUMMABLE if m[:2] == "pe"], id="metric"),
        pytest.param("convcost check --report j", ["junit:", "json:"], id="report format"),
        pytest.param("convcost check --report junit:", ["junit:-"], id="where a report goes"),
        pytest.param("convcost check --rule s", ["size"], id="rule"),
    ],
)
def test_offered(folder, line, expected):
    assert expected == offered(line, folder)


class Terminal:
    """A shell on a terminal of its own, into which keys are typed."""

    def __init__(self, folder, *command):
        (folder / "bin").mkdir()
        program = folder / "bin" / "convcost"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m convcost "$@"\n', "utf-8")
        program.chmod(0o755)
        for shell in ("bash", "zsh"):
            (folder / shell).write_text(convcost("completion", shell).stdout, "utf-8")
        path = os.pathsep.join([str(program.parent), os.environ["PATH"]])
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(PATH=path, TERM="dumb", PS1="", HOME=str(folder)),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def type(self, keys, until):
        """Type, and read until something has been shown."""
        os.write(self.master, keys.encode())
        shown, end = b"", time.monotonic() + PATIENCE
        while until.encode() not in shown:
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            assert ready, f"{until!r} was not shown, but {shown!r}"
            shown += os.read(self.master, 4096)

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


@pytest.fixture
def bash(folder):
    if shutil.which("bash") is None:
        pytest.skip("needs bash")
    terminal = Terminal(folder, "bash", "--norc", "--noprofile", "-i")
    terminal.type("source ./bash; echo rea''dy\n", "ready")
    yield terminal
    terminal.close()


def test_bash_completes_on_a_terminal(bash):
    bash.type("convcost analyze goog\t", "googlenet ")
    bash.type("\x15convcost analyze ne\t", "net.yaml ")
    bash.type("\x15convcost analyze resnet@50_\t", "50_v1 ")
    bash.type("\x15convcost errors CC90\t\t", "CC904")
    bash.type("\x15convcost check --report junit:ne\t", "junit:net.yaml ")
    bash.type("\x15convcost check --report sa\tx", "sarif:x")


def test_zsh_completes_on_a_terminal(folder):
    if shutil.which("zsh") is None:
        pytest.skip("needs zsh")
    terminal = Terminal(folder, "zsh", "-f", "-i")
    terminal.type("autoload -U compinit; compinit -u -D; source ./zsh; echo rea''dy\n", "ready")
    terminal.type("convcost analyze goog\t", "googlenet")
    terminal.type("\x15convcost analyze resnet@50_\t", "resnet@50_v1")
    terminal.type("\x15convcost analyze ne\t", "net.yaml")
    terminal.close()


def test_fish_completes(folder):
    fish = shutil.which("fish")
    if fish is None:
        pytest.skip("needs fish")
    Terminal(folder, "true").close()
    script = folder / "convcost.fish"
    script.write_text(convcost("completion", "fish").stdout, "utf-8")
    path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
    done = subprocess.run(
        [fish, "--no-config", "-c", f"source {script}; complete -C 'convcost analyze resnet@5'"],
        cwd=folder,
        env=environment(PATH=path, HOME=str(folder)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ["resnet@50", "resnet@50_v1"] == [line.split("\t")[0] for line in done.stdout.splitlines()]
