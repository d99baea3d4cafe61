"""Bad input: whatever the bytes, a diagnostic, and soon."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from convcost.errors import ConvcostError, SpecError, UsageError
from convcost.spec import load, load_text
from tests.fuzz.judge import parsed
from tests.running import ROOT, environment
from tests.spec.helpers import codes, net, wrong

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20


def conv(out: str) -> str:
    return net(f'conv: {{out: "{out}", kernel: 1}}')


def deep_blocks() -> str:
    """Each of 30 blocks holds residuals within residuals around the next."""
    inner = "[residual: " * 9
    blocks = [f"  b{i}: {{layers: {inner}[b{i + 1}]{']' * 9}}}\n" for i in range(30)]
    return net("b0", head="blocks:\n" + "".join(blocks) + "  b30: {layers: [relu]}\n")


def alias_bomb() -> str:
    lines = [f"  a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 9) + "]\n" for i in range(1, 9)]
    return net("relu", head="vars:\n  a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(lines))


def multiplied(levels: int = 20) -> str:
    """Blocks that each repeat the one before a hundred times."""
    blocks = [f"  b{i}: {{layers: [b{i - 1}: {{repeat: 100}}]}}\n" for i in range(1, levels)]
    return net(f"b{levels - 1}", head="blocks:\n  b0: {layers: [relu]}\n" + "".join(blocks))


def empty() -> str:
    """Blocks that each repeat the one before a hundred times, and hold no layer."""
    return multiplied(4).replace("[relu]", "[]")


def doubling() -> str:
    """Thirty blocks that each use the one before twice, with other arguments every time."""
    lines = [
        f"  b{i}: {{args: {{x: ~}}, layers: [{{b{i - 1}: {{x: 2 * x}}}}, {{b{i - 1}: {{x: 2 * x + 1}}}}]}}\n"
        for i in range(1, 30)
    ]
    return net("b29: {x: 1}", head="blocks:\n  b0: {args: {x: ~}, layers: [relu]}\n" + "".join(lines))


def var_chain(order: int) -> str:
    """A thousand vars, each using the next (or the one before)."""
    lines = [f"  v{i}: 1 + {'(1 + ' * 15}v{i + 1}{')' * 15}\n" for i in range(1000)]
    return net("conv: {out: v0, kernel: 1}", head="vars:\n" + "".join([*lines, "  v1000: 1\n"][::order]))


def var_circles() -> str:
    """Every var uses the next, the one before and the first."""
    lines = [f"  v{i}: v{(i + 1) % 5000} + v{max(i - 1, 0)} + v0\n" for i in range(5000)]
    return net("relu", head="vars:\n" + "".join(lines))


REFUSED = [
    pytest.param(b"\xff\xfec\x00o\x00", ["CC102"], id="UTF-16"),
    pytest.param(b"name: \xe4\n", ["CC102"], id="Latin-1"),
    pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", ["CC102"], id="a picture"),
    pytest.param(b"a: \x00", ["CC103"], id="NUL"),
    pytest.param("a: \u2028b", ["CC103"], id="line separator"),
    pytest.param('a: "\\ud800"', ["CC103"], id="half a character"),
    pytest.param('a: "\\U00110000"', ["CC103"], id="no character"),
    pytest.param("a:\n\tb: 1", ["CC103"], id="tab as indentation"),
    pytest.param(b"", ["CC110"], id="empty"),
    pytest.param(b"\xef\xbb\xbf", ["CC110"], id="a BOM alone"),
    pytest.param(" \n# nothing\n", ["CC110"], id="comments alone"),
    pytest.param("a: 1\n---\nb: 2\n", ["CC107"], id="two documents"),
    pytest.param("- a\n- b\n", ["CC304"], id="a list"),
    pytest.param("hello", ["CC304"], id="a word"),
    pytest.param("a: [1\n", ["CC104"], id="an open bracket"),
    pytest.param("%YAML 9.9\n---\na: 1", ["CC104"], id="a YAML from the future"),
    pytest.param("&a [*a]", ["CC107"], id="alias cycle"),
    pytest.param("[*a]", ["CC107"], id="alias to nothing"),
    pytest.param(alias_bomb(), ["CC105"], id="alias bomb"),
    pytest.param("[" * 50_000, ["CC105"], id="50,000 brackets"),
    pytest.param("{a: " * 50_000, ["CC105"], id="50,000 braces"),
    pytest.param("\n".join(" " * i + "a:" for i in range(900)), ["CC105"], id="900 indentations"),
    pytest.param("- " * 50_000 + "a", ["CC105"], id="50,000 dashes"),
    pytest.param(b"a" * (MIB + 1), ["CC105"], id="more than a MiB"),
    pytest.param(net("relu", head="vars: {a: 1, a: 2}\n"), ["CC106"], id="duplicate key"),
    pytest.param(net("conv: {<<: {out: 1}, out: 1, kernel: 1}"), ["CC107"], id="merge key"),
    pytest.param(net("relu: !!python/object/apply:os.system {}"), ["CC107"], id="tag"),
    pytest.param(conv("1" * 5000), ["CC201"], id="5,000 digits"),
    pytest.param(net("relu", head="vars: {a: " + "9" * 5000 + "}\n"), ["CC201"], id="5,000 digits in a var"),
    pytest.param(conv("1" * 19), ["CC204"], id="19 digits"),
    pytest.param(conv("9**9**9"), ["CC204"], id="power tower"),
    pytest.param(conv("9" * 18 + " * 9"), ["CC204"], id="product of 19 digits"),
    pytest.param(conv("(" * 5000 + "1" + ")" * 5000), ["CC201"], id="5,000 parentheses"),
    pytest.param(conv("(" * 400 + "1" + ")" * 400), ["CC201"], id="400 parentheses"),
    pytest.param(conv("-" * 900 + "1 / 0"), ["CC204"], id="900 minuses"),
    pytest.param(conv("not " * 200 + "1"), ["CC203"], id="200 nots"),
    pytest.param(conv("1" + " if true else 1" * 60), ["CC201"], id="60 choices"),
    pytest.param(conv("__class__"), ["CC202"], id="__class__"),
    pytest.param(conv("().__class__"), ["CC201"], id="a tuple's class"),
    pytest.param(conv("__import__(1)"), ["CC202"], id="import"),
    pytest.param(conv("1 / 0"), ["CC204"], id="division by zero"),
    pytest.param(conv("1 % 0"), ["CC204"], id="rest by zero"),
    pytest.param(conv("ceil_div(1, 0)"), ["CC204"], id="ceil_div by zero"),
    pytest.param(conv("divisible(8, 0)"), ["CC204"], id="multiples of zero"),
    pytest.param(conv("in_size.2"), ["CC204"], id="index out of range"),
    pytest.param(conv("in_size.99999999999999999999"), ["CC204"], id="index of 20 digits"),
    pytest.param(conv("1 / 3"), ["CC205"], id="a third"),
    pytest.param(conv("-1"), ["CC206"], id="negative size"),
    pytest.param(conv("0"), ["CC206"], id="size zero"),
    pytest.param(net("conv: {out: .inf, kernel: 1}"), ["CC108"], id="infinite size"),
    pytest.param(net("conv: {out: .nan, kernel: 1}"), ["CC108"], id="not a number"),
    pytest.param(net("conv: {out: 1e3, kernel: 1}"), ["CC108"], id="exponent"),
    pytest.param(net("relu", input="[0, 8, 8]"), ["CC206"], id="no channels"),
    pytest.param(net("relu", input="[3, -8, 8]"), ["CC206"], id="negative input"),
    pytest.param(net("relu", input="[3, 1.5, 8]"), ["CC205"], id="fractional input"),
    pytest.param(net("relu", input="[3]"), ["CC304"], id="input without sizes"),
    pytest.param(net("relu", input="[3, 1, 1, 1, 1]"), ["CC304"], id="input of 4 dims"),
    pytest.param(
        net("relu", input="s", head="vars: {s: [3, foo, 5]}\n"), ["CC203"], id="a word in the input"
    ),
    pytest.param(net("relu: {repeat: 1000000000}"), ["CC311"], id="repeat: 1000000000"),
    pytest.param(multiplied(), ["CC311"], id="repeats that multiply"),
    pytest.param(doubling(), ["CC311"], id="blocks that double"),
    pytest.param(empty(), ["CC311"], id="repeats of nothing that multiply"),
    pytest.param(
        net("relu: {repeat: 900000}", "conv: {out: x, kernel: 1}"), ["CC202"], id="wrong at the end"
    ),
    pytest.param(net("relu: {repeat: 900000}", "conv: {out: 4, kernel: 99}"), ["CC401"], id="a late misfit"),
    pytest.param(
        net(
            "b: {repeat: in_channels}",
            head="blocks: {b: {layers: [relu: {from: relu9}]}}\n",
            input="[30000, 8]",
        ),
        ["CC308"],
        id="wrong in each of many repeats",
    ),
    pytest.param(
        net("relu: {repeat: in_channels}", "sofmax", input="[300000, 8]"),
        ["CC303"],
        id="known before it grows",
    ),
    pytest.param(net("concat: {a: [], b: [], repeat: 999}"), ["CC405"], id="channels that double"),
    pytest.param(
        net("upsample: {factor: 99999999999999999, repeat: 2000}"), ["CC405"], id="sizes that explode"
    ),
    pytest.param(net("pad: {size: 999999999999999999, repeat: 999999}"), ["CC405"], id="pads that explode"),
    pytest.param(
        net("conv: {out: 1, kernel: 1, stride: 99999999999999999, repeat: 999}"), ["CC405"], id="strides"
    ),
    pytest.param(
        net("conv_transpose: {out: 1, kernel: 1, stride: 999999, repeat: 999}", input="[1, 1]"),
        ["CC405"],
        id="transposed strides",
    ),
    pytest.param(
        net("max_pool: {kernel: 4, ceil_mode: true, repeat: 9999}"), ["CC405"], id="a pool's strides"
    ),
    pytest.param(
        net(
            "b: {repeat: 999}", head="blocks: {b: {layers: [upsample: {size: 99991}, crop: {like: input}]}}\n"
        ),
        ["CC405"],
        id="resized up and cropped",
    ),
    pytest.param(net("reshape: {shape: [3, 1024, 99999999999]}"), ["CC401"], id="a shape too large"),
    pytest.param(net("adaptive_avg_pool: {size: [4]}"), ["CC401"], id="a pool of the wrong rank"),
    pytest.param(net("max_pool: {kernel: 2, stride: []}"), ["CC203"], id="an empty list of strides"),
    pytest.param(net("conv: {out: 2, kernel :[1]}"), ["CC104"], id="a colon before a bracket"),
    pytest.param(net("conv: {out: 2, kernel :}"), ["CC104"], id="a colon before the end"),
    pytest.param(net("b", head="blocks: {b: {layers: [b]}}\n"), ["CC310"], id="a block in itself"),
    pytest.param(
        net("a", head="blocks: {a: {layers: [b]}, b: {layers: [a]}}\n"), ["CC310"], id="blocks in a circle"
    ),
    pytest.param(deep_blocks(), ["CC310"], id="blocks and containers too deep"),
    pytest.param(net("relu", head="vars: {a: b, b: a}\n"), ["CC310"], id="vars in a circle"),
    pytest.param(net("relu: {name: a, from: a}"), ["CC308"], id="from itself"),
    pytest.param(net("relu: {from: b}", "relu: {name: b}"), ["CC308"], id="from what comes later"),
    pytest.param(net('relu: {name: "\\e[31mred"}'), ["CC103"], id="escape code in a name"),
    pytest.param(net('"\\e[2J"'), ["CC103"], id="escape code for an op"),
    pytest.param(net("relu: {name: '[bold]x[/bold]'}"), ["CC306"], id="markup in a name"),
    pytest.param(net("relu: {name: " + "a" * 5000 + "}"), ["CC306"], id="a name of 5,000 letters"),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_it_is_refused_soon(text: str | bytes, expected: list[str]) -> None:
    start = time.process_time()
    assert expected == codes(text)
    assert time.process_time() - start < 2  # seconds, as promised for any input


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_both_parsers_agree(text: str | bytes, expected: list[str]) -> None:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(SpecError) as caught:
        load_text(data, pure=True)
    assert expected == [diagnostic.code for diagnostic in caught.value.diagnostics]


TAKEN = [
    pytest.param(b"\xef\xbb\xbf" + net("relu").encode(), id="BOM"),
    pytest.param(net("relu").replace("\n", "\r\n"), id="CRLF"),
    pytest.param(net("relu").replace("\n", "\r"), id="CR"),
    pytest.param(net("conv: {out:\t8,\tkernel: 1}\t# a tab"), id="tabs between words"),
    pytest.param("%YAML 1.2\n---\n" + net("relu") + "...\n", id="one document, marked"),
    pytest.param(conv("1" + "+1" * 490), id="490 sums"),
    pytest.param(conv("(" * 19 + "1" + ")" * 19), id="19 parentheses"),
    pytest.param(conv("1" * 10), id="ten digits of channels"),
    pytest.param(var_chain(1), id="a thousand vars, last first"),
    pytest.param(var_chain(-1), id="a thousand vars, first first"),
    pytest.param(net("relu", head="vars: {a: &a [1, 2], b: *a}\n"), id="an alias"),
    pytest.param(net("conv: {out: 1, kernel: 1, stride: 99999999999999999, repeat: 50}"), id="huge strides"),
]


@pytest.mark.slow
@pytest.mark.parametrize("text", TAKEN)
def test_it_is_read(text: str | bytes) -> None:
    start = time.process_time()
    assert wrong(text) == []
    assert time.process_time() - start < 2


@pytest.mark.slow
def test_circles_by_the_thousand_end_early() -> None:
    start = time.process_time()
    found = codes(var_circles())
    assert {"CC310"} == set(found)
    assert len(found) <= 100  # the most a log takes
    assert time.process_time() - start < 2


# --- paths and settings ------------------------------------------------------------------


def problem(ref: str) -> tuple[str, str, str | None]:
    with pytest.raises(ConvcostError) as caught:
        load(ref)
    (found,) = caught.value.diagnostics
    return found.code, found.message, found.hint


def test_a_missing_file(tmp_path: Path) -> None:
    path = f"{tmp_path}/no.yaml"
    assert problem(path) == ("CC101", f"{path} cannot be read: no such file or directory", None)


def test_a_directory(tmp_path: Path) -> None:
    hint = f"a folder is not read: name the specs in it, as in {tmp_path}/*.yaml"
    assert problem(f"{tmp_path}/") == ("CC101", f"{tmp_path}/ cannot be read: is a directory", hint)


def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.yaml"
    path.write_text(net("relu"))
    path.chmod(0)
    try:
        path.read_bytes()
    except PermissionError:
        assert problem(str(path)) == ("CC101", f"{path} cannot be read: permission denied", None)
    else:
        pytest.skip("whoever runs this may read everything")


def test_a_nul_in_a_path() -> None:
    assert problem("a\x00b.yaml") == ("CC101", "'a\\x00b.yaml' is not a path", None)


def test_a_nul_in_a_name() -> None:
    code, message, _ = problem("a\x00b")
    assert ("CC101", "there is no shipped spec 'a\\x00b'") == (code, message)


def test_a_misspelt_name() -> None:
    expected = ("CC101", "there is no shipped spec 'resnt'", "did you mean 'resnet'?")
    assert expected == problem("resnt")


def test_a_file_without_an_ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").write_text(net("relu"))
    assert problem("mine")[2] == "did you mean './mine'?"


def test_a_large_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a tebibyte of nothing
    assert problem(str(path))[0] == "CC105"


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        pytest.param({"a": "\udc80"}, ["CC102"], id="not UTF-8"),
        pytest.param({"a": "\x1b[31m"}, ["CC103"], id="escape code"),
        pytest.param({"a": "{b: 1}"}, ["CC203"], id="mapping"),
        pytest.param({"a": "[1"}, ["CC104"], id="broken"),
        pytest.param({"a": "1\n---\n2"}, ["CC107"], id="two documents"),
        pytest.param({"b": "1"}, ["CC313"], id="unknown var"),
        pytest.param({"a": "["}, ["CC104"], id="open bracket"),
    ],
)
def test_settings(sets: dict[str, str], expected: list[str]) -> None:
    assert expected == codes(net("relu", head="vars: {a: 1}\n"), sets=sets)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        pytest.param("3", ["CC304"], id="channels alone"),
        pytest.param("3x", ["CC304"], id="nothing behind the x"),
        pytest.param("3x0x8", ["CC206"], id="size 0"),
        pytest.param("3x8x8x8x8", ["CC304"], id="four dims"),
        pytest.param("3x-8x8", ["CC206"], id="negative"),
        pytest.param(
            "axb",
            [
                "CC202",
            ],
            id="words",
        ),
        pytest.param("3x" + "9" * 5000, ["CC304"], id="5,000 digits"),
    ],
)
def test_sizes(size: str, expected: list[str]) -> None:
    assert expected == codes(net("relu"), size=size)


def test_settings_behind_an_at_that_are_none() -> None:
    with pytest.raises(UsageError) as caught:
        load("resnet@50,18")
    (found,) = caught.value.diagnostics
    assert ("CC313", "resnet@50,18: '18' is neither a variant nor var=value") == (found.code, found.message)


# --- the program itself, within 300 MB ---------------------------------------------------

WORST = [
    pytest.param("[" * 50_000, "CC105", id="50,000 brackets"),
    pytest.param(alias_bomb(), "CC105", id="alias bomb"),
    pytest.param(conv("(" * 5000), "CC201", id="5,000 parentheses"),
    pytest.param(multiplied(), "CC311", id="repeats that multiply"),
    pytest.param(deep_blocks(), "CC310", id="deep blocks"),
    pytest.param(net("upsample: {factor: 99999999999999999, repeat: 900000}"), "CC405", id="exploding sizes"),
    pytest.param("\0" * MIB, "CC103", id="a MiB of NUL"),
    pytest.param(net('"\\e]0;title\\a"'), "CC103", id="escape codes"),
]


@pytest.mark.parametrize(("text", "code"), WORST)
def test_the_program_says_so_and_exits_2(text: str, code: str) -> None:
    limit = 300 * MIB

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "analyze", "-"],
        input=text.encode(),
        capture_output=True,
        cwd=ROOT,
        env=environment(),
        preexec_fn=limited,
        timeout=60,
        check=False,
    )
    spent = time.monotonic() - start
    assert (2, b"") == (done.returncode, done.stdout)
    assert f"error[{code}]".encode() in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stderr
    assert spent < 10  # 2 s are promised on a free machine; the sharper bound is above


def test_trees_of_both_parsers_can_differ() -> None:
    """The comparison behind the fuzzing is able to fail."""
    from convcost.spec.read import decode

    one, other = (decode(text, "t") for text in (b"a: 1", b"a: 2"))
    assert parsed(one, pure=False) != parsed(other, pure=True)
