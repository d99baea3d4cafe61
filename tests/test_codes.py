"""The catalogue of diagnostic codes: complete, no longer than that, and true."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

import convcost
from convcost.codes import CODES
from convcost.errors import ConvcostError, ConvcostWarning
from convcost.reductions.roles import roles
from convcost.spec import load_text
from convcost.spec.locate import parse_ref
from tests.running import convcost as run

PACKAGE = Path(convcost.__file__).parent
SHOWN = [code for code, entry in CODES.items() if entry.wrong]


def used() -> set[str]:
    """Return the codes that stand in the source, outside the catalogue."""
    files = [path for path in PACKAGE.rglob("*.py") if "codes" not in path.relative_to(PACKAGE).parts]
    return {code for path in files for code in re.findall(r"\"(CC\d{3})\"", path.read_text(encoding="utf-8"))}


def codes_of(text: str, ref: str) -> list[str]:
    """Return what loading a spec and finding its roles says."""
    asked = parse_ref(f"net{ref}")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            roles(load_text(text.encode(), "net.yaml", asked.variant, dict(asked.sets), asked.input))
        except ConvcostError as error:
            return [diagnostic.code for diagnostic in error.diagnostics]
    return [item.message.diagnostic.code for item in caught if isinstance(item.message, ConvcostWarning)]


def test_the_catalogue_has_every_code_and_no_other() -> None:
    assert sorted(used()) == sorted(CODES)


def test_it_is_in_order() -> None:
    assert sorted(CODES) == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code: str) -> None:
    entry = CODES[code]
    assert entry.title[0].islower() or entry.title.startswith(("YAML", "UTF"))
    assert not entry.title.endswith(".")
    assert entry.explanation.endswith(".")
    assert bool(entry.wrong) == bool(entry.right)


@pytest.mark.parametrize("code", SHOWN)
def test_the_wrong_example_gets_exactly_this_code(code: str) -> None:
    assert [code] == codes_of(CODES[code].wrong, CODES[code].ref)


@pytest.mark.parametrize("code", SHOWN)
def test_the_right_example_is_right(code: str) -> None:
    assert [] == codes_of(CODES[code].right, CODES[code].ref)


def test_every_code_of_the_language_has_an_example() -> None:
    without = {"CC101", "CC102"}  # a file that is missing, bytes that are no text
    assert {code for code in CODES if code < "CC5"} - without <= set(SHOWN)


def test_the_command_lists_them() -> None:
    done = run("errors", "--format", "csv")
    assert (0, "") == (done.returncode, done.stderr)
    assert ["code", *CODES] == [line.split(",")[0] for line in done.stdout.splitlines()]


def test_the_command_explains_one() -> None:
    done = run("errors", "cc307")
    assert (0, "") == (done.returncode, done.stderr)
    entry = CODES["CC307"]
    assert done.stdout.startswith(f"CC307: {entry.title}\n{entry.explanation[:60]}")
    assert all(f"  {line}\n" in done.stdout for line in entry.wrong.splitlines() + entry.right.splitlines())


def test_the_command_knows_no_other() -> None:
    done = run("errors", "CC30")
    assert (2, "") == (done.returncode, done.stdout)
    assert "error[CC904]: there is no code 'CC30'\n  hint: did you mean 'CC3" in done.stderr
