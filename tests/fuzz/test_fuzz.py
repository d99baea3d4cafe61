"""Mangled specs and raw bytes, in batches: hypothesis draws the seeds, the mutators what they make of them.

Batches, because hypothesis would spend more time on an input than the reader does. The long
run is ``python -m tests.fuzz``.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.judge import Finding, judge
from tests.fuzz.mutate import an_input

BATCHES = 100
INPUTS = 200


@pytest.mark.slow
@settings(max_examples=BATCHES, derandomize=True)
@given(st.integers(0, 2**63))
def test_every_input_of_a_batch_is_read_or_refused(seed: int) -> None:
    random = Random(seed)
    for _ in range(INPUTS):
        judge(an_input(random))


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
