"""A mistyped command line says what was probably meant, and the proposal works."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from convcost.cli._group import COMMANDS, root
from convcost.cli._usage import told
from convcost.errors import ConvcostError
from convcost.spec import load, shipped
from convcost.spec.misnamed import hint, variants
from tests.running import convcost as run


def said(*arguments: str, cwd: str | Path = ".") -> str:
    """Return what a wrong command line is told, its last line."""
    done = run(*arguments, cwd=cwd)
    assert (2, "") == (done.returncode, done.stdout)
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", [None, "budget"])
def test_no_command_is_help_once(name: str | None) -> None:
    done = run(*filter(None, [name]))
    asked = run(*filter(None, [name]), "--help")
    assert (2, "", asked.stdout) == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        pytest.param("googlenet", "convcost analyze googlenet", id="a shipped spec"),
        pytest.param("resnet@18", "convcost analyze resnet@18", id="a variant"),
        pytest.param("resnet50", "convcost analyze resnet@50", id="run together"),
        pytest.param("net.yaml", "convcost analyze net.yaml", id="a path"),
        pytest.param("analyse", "analyze", id="a typo"),
        pytest.param("Verify", "verify", id="capital"),
    ],
)
def test_what_is_no_command(word: str, meant: str) -> None:
    assert f"Error: there is no command {word!r}; did you mean {meant!r}?" == said(word)


def test_nothing_is_proposed_where_nothing_is_near() -> None:
    assert "Error: there is no command 'xyzzy'" == said("xyzzy")


def options() -> list[tuple[click.Context, str]]:
    """Return every long option of every command, with the context in which it is read."""
    top = click.Context(root, info_name="convcost")
    commands = [(name, command) for name in COMMANDS if (command := root.get_command(top, name))]
    return [
        (click.Context(command, info_name=name, parent=top), option)
        for name, command in commands
        for param in command.params
        for option in param.opts
        if option.startswith("--")
    ]


def test_every_option_of_every_command_is_proposed_for_its_typo() -> None:
    for context, option in options():
        assert told(click.NoSuchOption(f"{option}x", ctx=context)).endswith(f"; did you mean {option!r}?\n")


def test_a_mistyped_option() -> None:
    assert "Error: there is no option '--jsn'; did you mean '--json'?" == said("analyze", "lenet", "--jsn")
    assert "Error: there is no option '--metric'" == said("analyze", "lenet", "--metric")
    assert "Error: there is no option '--json'; options follow the command" == said("--json", "specs")


# --- specs -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped.names())
def test_a_variant_run_together_is_found(name: str) -> None:
    for key in variants(name):
        for joined in (f"{name}{key}", f"{name}-{key}", f"{name.upper()}_{key}"):
            assert f"did you mean '{name}@{key}'?" == hint(joined)


def test_what_is_proposed_loads() -> None:
    for word in ("resnet-50", "MobileNetV2", "vgg16", "squeezenet1.1"):
        found = re.fullmatch(r"did you mean '(.+)'\?", hint(word) or "")
        assert found
        load(found[1])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    text = Path(shipped.folder(), "lenet.yaml").read_text(encoding="utf-8")
    for name in ("mine.yaml", "bare", "sub/deep.yml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "model.pt").touch()
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("mine", "did you mean './mine.yaml'?", id="without its ending"),
        pytest.param("./mine", "did you mean './mine.yaml'?", id="a path without it"),
        pytest.param("bare", "did you mean './bare'?", id="a file without one"),
        pytest.param("sub/deep", "did you mean 'sub/deep.yml'?", id="in a folder"),
        pytest.param("sub/dep.yml", "did you mean 'sub/deep.yml'?", id="a typo"),
        pytest.param("mien.yaml", "did you mean './mine.yaml'?", id="a typo here"),
    ],
)
def test_a_file_that_lies_near(word: str, expected: str) -> None:
    with pytest.raises(ConvcostError) as caught:
        load(word)
    assert [expected] == [d.hint for d in caught.value.diagnostics]
    load(expected.split("'")[1])


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("sub", "a folder is not read: name the specs in it, as in sub/*.yaml", id="folder"),
        pytest.param("sub/", "a folder is not read: name the specs in it, as in sub/*.yaml", id="slash"),
        pytest.param("model.pt", "weights are not read; ", id="weights"),
        pytest.param("net.onnx", "a stored network is not read; ", id="onnx"),
        pytest.param("train.py", "source code is not read; ", id="source"),
        pytest.param("HEAD", "a git ref is written git:HEAD", id="a ref"),
        pytest.param("xyzzy", "a SPEC is YAML text: ", id="nothing near"),
    ],
)
def test_what_is_no_spec(word: str, expected: str) -> None:
    with pytest.raises(ConvcostError) as caught:
        load(word)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.hint or "").startswith(expected)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["HEAD", "lenet"], "a git ref is written git:HEAD", id="HEAD"),
        pytest.param(["origin/main", "lenet"], "a git ref is written git:origin/main", id="a branch"),
        pytest.param(["resnet50", "lenet"], "did you mean 'resnet@50'?", id="a variant"),
    ],
)
def test_diff_of_what_is_no_spec(arguments: list[str], expected: str) -> None:
    assert f"  hint: {expected}" == said("diff", *arguments)


@pytest.mark.parametrize("margin", [pytest.param("5", id="whole"), pytest.param("2.5", id="a fraction")])
def test_a_margin_without_its_sign(margin: str, tmp_path: Path) -> None:
    told = said("budget", "init", "lenet", "--margin", margin, cwd=tmp_path)
    assert told.endswith(f"{margin}%")
    assert 0 == run("budget", "init", "lenet", "--margin", told.split()[-1], cwd=tmp_path).returncode
