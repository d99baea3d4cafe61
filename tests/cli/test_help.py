"""``convcost help TOPIC`` and ``convcost ops WORD``: everything a spec may say is explained."""

from __future__ import annotations

import json
import re

import pytest

from convcost.cli._group import COMMANDS
from convcost.ops import INDEX
from convcost.spec.language import sections
from convcost.spec.schema import schema
from convcost.spec.syntax import BRANCHING, COMMON, NONE, PROJECT, RESIDUAL
from convcost.spec.words import CONTAINERS, LINE_KEYS, WORDS
from convcost.view import Code, Heading, Note, Table
from convcost.views import topics
from tests.running import ROOT
from tests.running import convcost as run
from tests.spec.helpers import codes

PAGE = (ROOT / "docs" / "language.md").read_text("utf-8")


def test_every_key_and_container_is_explained() -> None:
    assert sorted(COMMON) == sorted(LINE_KEYS)
    assert {RESIDUAL, PROJECT, NONE} == set(CONTAINERS)
    assert set() == set(WORDS) & set(INDEX)


@pytest.mark.parametrize("name", WORDS)
def test_an_example_loads_and_uses_the_word(name: str) -> None:
    example = WORDS[name].example
    lines = "".join(f"  {line}\n" for line in example.split("\n"))
    assert [] == codes(f"convcost: 1\nname: n\ninput: [16, 32, 32]\nlayers:\n{lines}")
    assert name in example or (name == "branches" and "[]" in example)


@pytest.mark.parametrize("name", WORDS)
def test_a_words_page(name: str) -> None:
    assert WORDS[name].section in sections()
    heading, said, *_ = topics.word(name).blocks
    assert (Heading(name), True) == (heading, isinstance(said, Note) and said.text.endswith("."))


def test_the_schema_says_the_same() -> None:
    common = schema()["$defs"]["common"]["properties"]
    assert {key: word.doc for key, word in LINE_KEYS.items()} == {
        key: found["description"] for key, found in common.items()
    }


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


@pytest.mark.parametrize("title", sections())
def test_a_section_loses_no_word(title: str) -> None:
    blocks = topics.section(title).blocks[1:]
    found = [block for block in blocks if isinstance(block, Table)]
    tables = [cell for table in found for row in table.rows(table.columns) for cell in row]
    titles = [column.title for block in blocks if isinstance(block, Table) for column in block.columns]
    texts = [block.text for block in blocks if not isinstance(block, Table)]
    said = re.sub(r"\]\([^)]*\)|^```\w+", "", sections()[title], flags=re.MULTILINE)
    assert words(said) == words(" ".join(map(str, [*tables, *titles, *texts])))


def test_code_stays_as_it_is() -> None:
    code = [block.text for block in topics.section("Residuals").blocks if isinstance(block, Code)]
    assert all(f"```yaml\n{text}\n```" in PAGE for text in code)
    assert 1 == len(code)


# --- the commands ------------------------------------------------------------------------


def test_help_lists_the_topics() -> None:
    done = run("help")
    assert (0, "") == (done.returncode, done.stderr)
    first = [line.split()[0] for line in done.stdout.splitlines() if line.strip()]
    assert list(COMMANDS) == [word for word in first if word in COMMANDS]
    assert all(title.lower() in " ".join(done.stdout.split()) for title in sections())


@pytest.mark.parametrize("name", ["analyze", "budget", "help"])
def test_a_command_is_a_topic(name: str) -> None:
    assert run(name, "--help").stdout == run("help", name).stdout


@pytest.mark.parametrize(
    ("topic", "same"),
    [
        pytest.param(["conv"], ["ops", "conv"], id="an op"),
        pytest.param(["cc401"], ["errors", "CC401"], id="a code"),
        pytest.param(["repeat"], ["ops", "repeat"], id="a key"),
        pytest.param(["Residual"], ["ops", "residual"], id="a container"),
    ],
)
def test_what_has_a_command_of_its_own(topic: list[str], same: list[str]) -> None:
    done = run(*same)
    assert (0, done.stdout) == (done.returncode, run("help", *topic).stdout)


def test_a_section_needs_no_quotes() -> None:
    done = run("help", "from", "and", "outputs")
    assert (0, True) == (done.returncode, done.stdout.startswith("From and outputs\n"))


def test_a_topic_that_is_none() -> None:
    done = run("help", "residul")
    expected = "error[CC907]: there is no topic 'residul'\n  hint: did you mean 'residual'?\n"
    assert (2, "", expected) == (done.returncode, done.stdout, done.stderr)


def test_a_word_as_json() -> None:
    (found,) = json.loads(run("ops", "repeat", "--json").stdout)["words"]
    assert {"word": "repeat", "meaning": WORDS["repeat"].doc, "example": WORDS["repeat"].example} == found


@pytest.mark.parametrize("name", BRANCHING)
def test_ops_that_join_point_to_branches(name: str) -> None:
    from convcost.views.ops import page

    assert any(
        "convcost ops branches" in block.text for block in page(name).blocks if isinstance(block, Note)
    )


def test_an_op_of_another_name_is_explained() -> None:
    assert "hint: did you mean 'bn'?\n" in run("ops", "BatchNorm2d").stderr
    assert "hint: a gate is a product of two branches: " in run("ops", "se").stderr
