"""Mangled specs and raw bytes, in batches: hypothesis draws the seeds, the mutators what they make of them.

Batches, because hypothesis would spend more time on an input than the reader does. The long
run is ``python -m tests.fuzz``.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.cli._output import Outcome
from tests.fuzz import commands
from tests.fuzz.judge import Finding, judge
from tests.fuzz.kinds import KINDS, Kind, tried
from tests.fuzz.mutate import an_input
from tests.fuzz.place import place

BATCHES = 100
INPUTS = 200


@pytest.mark.slow
@settings(max_examples=BATCHES, derandomize=True)
@given(st.integers(0, 2**63))
def test_every_input_of_a_batch_is_read_or_refused(seed: int) -> None:
    random = Random(seed)
    for _ in range(INPUTS):
        judge(an_input(random))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "inputs"),
    [
        pytest.param("budgets", 500, id="budgets"),
        pytest.param("baselines", 200, id="baselines"),
        pytest.param("named", 300, id="named"),
        pytest.param("refs", 150, id="refs"),
        pytest.param("globs", 1000, id="globs"),
        pytest.param("settings", 1000, id="settings"),
        pytest.param("commands", 40, id="commands"),
    ],
)
def test_everything_else_that_reads_is_as_hard(what, inputs):
    random, kind = Random(what), KINDS[what]
    with place():
        for _ in range(inputs):
            tried(kind, kind.draw(random))


@settings(max_examples=300)
@given(
    st.binary(max_size=200) | st.text(alphabet="{}[]:,-?#&*!|>'\"%@` \n\tax0~", max_size=80).map(str.encode)
)
def test_bytes_and_punctuation(data: bytes) -> None:
    judge(data)


@pytest.mark.parametrize("wrong", [TypeError, RecursionError, KeyError])
def test_the_judge_lets_no_other_error_pass(wrong: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: bytes) -> None:
        raise wrong

    monkeypatch.setattr("tests.fuzz.judge.load_text", broken)
    with pytest.raises(Finding, match=wrong.__name__):
        judge(b"convcost: 1")


def test_the_judge_sees_parsers_that_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.judge.parsed", lambda _, *, pure: [1, 2 + pure])
    with pytest.raises(Finding, match="the parsers differ: 2 and 3"):
        judge(b"a: 1")


def test_the_judge_watches_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.judge.SECONDS", -1.0)
    monkeypatch.setattr("tests.fuzz.judge.SECONDS_PER_LAYER", -1.0)
    with pytest.raises(Finding, match=r"\d s: b'a: 1'"):
        judge(b"a: 1")


@pytest.mark.parametrize(
    ("judged", "said"),
    [
        pytest.param(lambda _: 1 // 0, "ZeroDivisionError: .*: 'input'", id="another error"),
        pytest.param(lambda _: sum(range(10**7)), r"\d s: 'input'", id="the clock"),
    ],
)
def test_other_judges_let_nothing_pass(judged, said, monkeypatch):
    monkeypatch.setattr("tests.fuzz.kinds.SECONDS", 0.001)
    with pytest.raises(Finding, match=said):
        tried(Kind(lambda _: "input", judged), "input")


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        pytest.param(Outcome("", "oh", 3), "exit code 3: oh", id="a bug"),
        pytest.param(Outcome("", "", 2), "exit code 2 without a word", id="no sentence"),
        pytest.param(Outcome("", "x" * 30_000, 2), "30,000 characters", id="a flood"),
    ],
)
def test_the_judge_of_commands_reads_the_outcome(outcome, said, monkeypatch):
    monkeypatch.setattr("tests.fuzz.commands._outcome", lambda _: outcome)
    with place(), pytest.raises(Finding, match=said):
        commands.judge(commands.Call((), b"", {}))


def test_every_option_of_every_command_is_drawn():
    random = Random(1)
    drawn = {word for _ in range(5000) for word in commands.draw(random).arguments}
    options = {
        o.opts[-1] for _, command in commands.commands() for o in command.params if o.opts[-1][0] == "-"
    }
    assert {"--compile"} == options - drawn
