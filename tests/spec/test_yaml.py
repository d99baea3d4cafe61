"""The pins on YAML: what is read, what is refused, and where the finger points."""

from __future__ import annotations

import pytest

from convcost.spec.log import Log
from convcost.spec.read import decode, read
from convcost.spec.tree import Map, Scalar, Seq
from tests.spec.helpers import load, net, op, shape, wrong


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "conv: {out: widths[0], kernel: 1}",
            (
                "CC109",
                "6:23",
                "an index in brackets inside { }",
                "inside { } a bracket ends the value: write an index as widths.0",
            ),
            id="bracket",
        ),
        pytest.param(
            "conv: {out: max(1, 2), kernel: 1}",
            (
                "CC109",
                "6:17",
                "'max(1' ends at a comma",
                'inside { } and [ ] a comma ends the value: quote the whole of it, "max(1, …"',
            ),
            id="comma",
        ),
        pytest.param(
            "conv: {out: , kernel: 1}",
            ("CC305", "6:5", "conv needs out: (output channels)", None),
            id="nothing behind a colon",
        ),
        pytest.param(
            "conv: {out:, kernel: 1}",
            (
                "CC104",
                "6:15",
                "this is not YAML: found unexpected ':'",
                "a value is missing after the colon",
            ),
            id="no space behind a colon",
        ),
        pytest.param(
            "conv: {out: %2, kernel: 1}",
            (
                "CC104",
                "6:17",
                "this is not YAML: found character that cannot start any token",
                "quote the value",
            ),
            id="percent",
        ),
        pytest.param(
            "conv: {out: 8, kernel: 1, out: 9}",
            ("CC106", "6:31", "duplicate key 'out'", None),
            id="duplicate key",
        ),
        pytest.param(
            "conv: {<<: {out: 8}, out: 9, kernel: 1}",
            ("CC107", "6:12", "merge keys (<<) are not supported in specs", "write the fields out"),
            id="merge key",
        ),
        pytest.param(
            "conv: {out: !!int 8, kernel: 1}",
            (
                "CC107",
                "6:17",
                "tags such as tag:yaml.org,2002:int are not supported in specs",
                "remove the tag",
            ),
            id="tag",
        ),
        pytest.param(
            "conv: {out: !!str 8, kernel: 1}",
            (
                "CC107",
                "6:17",
                "tags such as tag:yaml.org,2002:str are not supported in specs",
                "quote a value to make it text",
            ),
            id="tag for text",
        ),
        pytest.param(
            "conv: {out: *w, kernel: 1}",
            ("CC107", "6:17", "there is no anchor &w before this alias", None),
            id="alias to nothing",
        ),
        pytest.param(
            "conv: {out: 8, ? , kernel: 1}",
            ("CC104", "6:17", "this is not YAML: a key is missing", None),
            id="no key",
        ),
        pytest.param(
            "conv: {out: 8, kernel: 1, bias: no}",
            ("CC108", "6:37", "no is a boolean in YAML 1.1 and a word elsewhere", "write false, or quote it"),
            id="no",
        ),
        pytest.param(
            "conv: {out: 8, kernel: 1, bias: True}",
            (
                "CC108",
                "6:37",
                "True is a boolean in YAML 1.1 and a word elsewhere",
                "write true, or quote it",
            ),
            id="True",
        ),
        pytest.param(
            "conv: {out: 8, kernel: 1, bias: on}",
            ("CC108", "6:37", "on is a boolean in YAML 1.1 and a word elsewhere", "write true, or quote it"),
            id="on",
        ),
        pytest.param(
            "conv: {out: 010, kernel: 1}",
            ("CC108", "6:17", "010: YAML 1.1 reads a leading 0 as octal", "write it without the 0"),
            id="010",
        ),
        pytest.param(
            "conv: {out: 0x10, kernel: 1}",
            ("CC108", "6:17", "0x10: numbers must be decimal", None),
            id="0x10",
        ),
        pytest.param(
            "conv: {out: 1:30, kernel: 1}",
            ("CC108", "6:17", "1:30 is a base-60 number in YAML 1.1", "put quotes around text"),
            id="1:30",
        ),
        pytest.param(
            "conv: {out: 1_0, kernel: 1}",
            ("CC108", "6:17", "1_0: underscores are not allowed in numbers", "write the digits alone"),
            id="1_0",
        ),
        pytest.param(
            "conv: {out: 8, kernel: 1, bias: null}",
            ("CC108", "6:37", "null is YAML's null", "write ~"),
            id="null",
        ),
        pytest.param(
            "dropout: {rate: .5}",
            ("CC108", "6:21", ".5 is not an exact number", "write 0.5"),
            id=".5",
        ),
        pytest.param(
            "conv: {out: 2e3, kernel: 1}",
            ("CC108", "6:17", "2e3: exponents are not allowed: numbers are exact", "write the digits out"),
            id="2e3",
        ),
        pytest.param(
            "conv: {out: 1234567890123456789, kernel: 1}",
            ("CC204", "6:17", "the number has more than 18 digits", None),
            id="19 digits",
        ),
    ],
)
def test_an_accident_is_recognised(line: str, expected: tuple[str, str, str, str | None]) -> None:
    assert [expected] == wrong(net(line, head="vars: {widths: [8]}\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "a: 1\n\tb: 2\n", ("CC103", "2:1", "a tab is used as indentation", "use spaces"), id="tab"
        ),
        pytest.param(
            "a: 1\n---\nb: 2\n",
            ("CC107", "2:1", "a second document begins here; a spec is one document", None),
            id="two documents",
        ),
        pytest.param(
            "a: b: c\n",
            (
                "CC104",
                "1:5",
                "this is not YAML: mapping values are not allowed in this context",
                None,
            ),
            id="two colons",
        ),
        pytest.param(
            "a: &x [*x]\n", ("CC107", "1:8", "the alias *x is inside itself", None), id="alias cycle"
        ),
        pytest.param(
            "[" * 33 + "]" * 33, ("CC105", "1:33", "nesting deeper than 32 levels", None), id="33 levels"
        ),
        pytest.param(
            "a: \x07", ("CC103", "1:4", "the character U+0007 is not allowed in a spec", None), id="bell"
        ),
        pytest.param(
            b"ok\n\xff", ("CC102", "2:1", "byte 3 (line 2) is not UTF-8", "save it as UTF-8"), id="byte"
        ),
        pytest.param(b"\xff\xfea\0", ("CC102", "1:1", "net.yaml is UTF-16", "save it as UTF-8"), id="UTF-16"),
        pytest.param("# nothing", ("CC110", "1:1", "the spec is empty", None), id="empty"),
        pytest.param(
            "[a]",
            ("CC304", "1:1", "a spec must be a mapping, found a list", "a spec begins with 'convcost: 1'"),
            id="a list",
        ),
    ],
)
def test_what_is_no_spec_at_all(text: str | bytes, expected: tuple[str, str, str, str | None]) -> None:
    assert [expected] == wrong(text)


def test_the_note_of_a_duplicate_key_says_where_the_first_one_stands() -> None:
    from convcost.errors import SpecError

    with pytest.raises(SpecError) as caught:
        load(net("relu", head="vars: {a: 1, a: 2}\n"))
    assert ("first given at line 4, column 8",) == caught.value.diagnostics[0].notes


@pytest.mark.parametrize("key", ["1_0", "50", "3a", "no", "1:30"])
def test_keys_are_text(key: str) -> None:
    tree = read(decode(f"{key}: 1".encode(), "t"), Log())
    assert isinstance(tree, Map)
    assert [key] == list(tree.items)


@pytest.mark.parametrize("name", ["1_0", "50", "3a", "on", "a+b", "a-b", "stage1.0.conv1"])
def test_names_are_text(name: str) -> None:
    assert [name] == [node.name for node in load(net(f"relu: {{name: {name}}}")).layers]


def test_every_value_keeps_its_position() -> None:
    text = "a:\n  - x\n  - {b: yy, c: 'z'}\n"
    tree = read(decode(text.encode(), "t"), Log())
    assert isinstance(tree, Map)
    items = tree.items["a"]
    assert isinstance(items, Seq)
    first, second = items.items
    assert isinstance(first, Scalar)
    assert isinstance(second, Map)
    assert [(2, 5, 1), (3, 9, 2), (3, 16, 3)] == [
        scalar.loc[1:4] for scalar in (first, second.items["b"], second.items["c"])
    ]


def test_thirty_two_levels_are_read() -> None:
    tree = read(decode(("[" * 32 + "]" * 32).encode(), "t"), Log())
    assert isinstance(tree, Seq)


def test_an_anchor_can_be_used_again() -> None:
    text = net("conv: &c {out: 8, kernel: 3}", "conv: *c")
    assert shape(text) == [8, 28, 28]


def test_values_may_run_over_lines() -> None:
    assert op(net("conv: {out: 4 *\n      2, kernel: 1}"), "conv1").out == 8


def test_block_values_are_values() -> None:
    assert op(net("conv:\n      out: >\n        4 * 2\n      kernel: 1"), "conv1").out == 8


def test_a_tilde_is_nothing_and_a_quoted_one_is_text() -> None:
    assert op(net("max_pool: {kernel: 2, stride: ~}"), "max_pool1").stride is None
    assert [("CC201", "5:35", "'~' has no meaning in an expression", None)] == wrong(
        net("max_pool: {kernel: 2, stride: '~'}")
    )
