"""Quantities, read exactly and printed for people."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.units import (
    BYTES,
    COUNTS,
    QuantityError,
    ceiling,
    full,
    human,
    parse,
    parse_bytes,
    parse_count,
    parse_increase,
    parse_ratio,
    parse_share,
)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        pytest.param(parse_count, "1.5G", 1_500_000_000, id="count"),
        pytest.param(parse_count, " 512 ", 512, id="bare count"),
        pytest.param(parse_count, "1.1", Fraction(11, 10), id="a tenth"),
        pytest.param(parse_count, "0.01k", 10, id="an integer after all"),
        pytest.param(parse_count, "0", 0, id="nothing"),
        pytest.param(parse_count, "9" * 30, 10**30 - 1, id="as many digits as there may be"),
        pytest.param(parse_count, "2k", 2000, id="k"),
        pytest.param(parse_count, "2M", 2 * 10**6, id="M"),
        pytest.param(parse_count, "2T", 2 * 10**12, id="T"),
        pytest.param(parse_bytes, "2 MB", 2 * 10**6, id="MB"),
        pytest.param(parse_bytes, "2 GB", 2 * 10**9, id="GB"),
        pytest.param(parse_bytes, "2 TB", 2 * 10**12, id="TB"),
        pytest.param(parse_bytes, "2 KiB", 2048, id="KiB"),
        pytest.param(parse_bytes, "2 GiB", 2 << 30, id="GiB"),
        pytest.param(parse_bytes, "2 TiB", 2 << 40, id="TiB"),
        pytest.param(parse_count, "0.1234567k", Fraction(1_234_567, 10_000), id="no integer"),
        pytest.param(parse_bytes, "8 MiB", 8_388_608, id="binary"),
        pytest.param(parse_bytes, "35kB", 35_000, id="decimal"),
        pytest.param(parse_bytes, "12B", 12, id="bytes"),
        pytest.param(parse_increase, "+2%", Fraction(1, 50), id="increase"),
        pytest.param(parse_increase, "-12.5%", Fraction(-1, 8), id="decrease"),
        pytest.param(parse_increase, "+100%", 1, id="doubling"),
        pytest.param(parse_share, "90%", Fraction(9, 10), id="share"),
        pytest.param(parse_share, " 0.5 %", Fraction(1, 200), id="half a percent"),
        pytest.param(parse_ratio, "1.5x", Fraction(3, 2), id="ratio"),
        pytest.param(parse_ratio, "2×", 2, id="ratio with a cross"),
    ],
)
def test_reads_exactly(read, text, value):
    found = read(text)
    assert (value, type(value)) == (found, type(found))


@pytest.mark.parametrize(
    ("read", "text", "hint"),
    [
        pytest.param(parse_bytes, "8 KB", "kB is 1000 bytes, KiB is 1024", id="KB"),
        pytest.param(parse_bytes, "8mib", "did you mean 'MiB'?", id="mib"),
        pytest.param(parse_bytes, "8 M", "MB is a power of 1000, MiB a power of 1024", id="M of bytes"),
        pytest.param(parse_bytes, "1024", "bytes need one: 1024 B, 1024 KiB, ...", id="no unit"),
        pytest.param(parse_count, "5m", "m would be a thousandth; a million is M", id="5m"),
        pytest.param(parse_count, "7B", "a billion is G; B is the unit of bytes", id="7B"),
        pytest.param(parse_count, "7K", "did you mean 'k'?", id="7K"),
        pytest.param(parse_count, "7 MiB", None, id="bytes for a count"),
        pytest.param(parse_increase, "2%", "an increase needs one: +2%", id="no sign"),
        pytest.param(parse_increase, "+2", "an increase ends in %: +2%", id="no percent"),
        pytest.param(parse_ratio, "1.5", "a ratio ends in x: 1.5x", id="no x"),
        pytest.param(parse_count, "1.2.3k", "write it like 1.5G", id="two points"),
        pytest.param(parse_count, ".5k", "write it like 1.5G", id="no digit before the point"),
        pytest.param(parse_count, "", "write it like 1.5G", id="nothing"),
        pytest.param(parse_count, "-5", "write it like 1.5G", id="negative"),
        pytest.param(parse_count, "1e9", None, id="exponent"),
        pytest.param(parse_count, "٣k", "write it like 1.5G", id="digits of another script"),
        pytest.param(parse_count, "9" * 5000, None, id="five thousand digits"),
    ],
)
def test_refuses_with_a_hint(read, text, hint):
    with pytest.raises(QuantityError) as caught:
        read(text)
    assert hint == caught.value.hint
    assert len(caught.value.message) < 120


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        pytest.param(0, "count", "0", id="zero"),
        pytest.param(9_408, "count", "9,408", id="small counts stand whole"),
        pytest.param(9_999, "count", "9,999", id="the last of them"),
        pytest.param(10_000, "count", "10.00 k", id="the first rounded"),
        pytest.param(4_089_184_256, "count", "4.089 G", id="resnet50"),
        pytest.param(99_995, "count", "100.0 k", id="a carry adds a digit"),
        pytest.param(999_949, "count", "999.9 k", id="just below"),
        pytest.param(999_950, "count", "1.000 M", id="a carry changes the unit"),
        pytest.param(5 * 10**16, "count", "50000 T", id="beyond the largest unit"),
        pytest.param(1023, "bytes", "1023 B", id="bytes"),
        pytest.param(1024, "bytes", "1.000 KiB", id="one KiB"),
        pytest.param(1024 * 1024 - 1, "bytes", "1.000 MiB", id="carry to MiB"),
        pytest.param(172_031_488, "bytes", "164.1 MiB", id="resnet50 saved"),
        pytest.param(-2048, "bytes", "-2.000 KiB", id="negative"),
        pytest.param(Fraction(9), "times", "9.000×", id="ratio"),
        pytest.param(Fraction(1), "times", "1×", id="exactly the same"),
        pytest.param(Fraction(99_999, 100_000), "times", "1.000×", id="nearly the same"),
        pytest.param(Fraction(1, 3000), "times", "0.0003333×", id="small ratio"),
        pytest.param(0.0, "ratio", "0", id="no intensity"),
        pytest.param(28.3456, "ratio", "28.35", id="intensity"),
        pytest.param(Fraction(1, 8), "percent", "12.5%", id="percent"),
        pytest.param(Fraction(1, 10_000), "percent", "<0.1%", id="not nothing"),
        pytest.param(0, "percent", "0.0%", id="nothing"),
        pytest.param(Fraction(1, 2), "pixels", "1/2", id="half a pixel"),
    ],
)
def test_prints_four_significant_digits(value, unit, text):
    assert text == str(human(value, unit))


@given(st.integers(0, 10**15))
def test_what_is_printed_reads_back_within_half_of_the_last_digit(value):
    number = human(value, "count")
    back = parse_count(f"{number.number.replace(',', '')}{number.suffix}")
    decimals = len(number.number.partition(".")[2])
    assert abs(back - value) * 2 <= Fraction(COUNTS[number.suffix], 10**decimals)


@given(st.integers(0, 2**50))
def test_bytes_never_show_1024_of_a_unit_that_has_a_larger_one(value):
    number, suffix = human(value, "bytes")
    assert suffix in BYTES
    assert suffix == "TiB" or float(number) < 1024


def test_full_integers_have_separators():
    assert "1,582,671,872" == full(1_582_671_872)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        pytest.param(0, "count", "0", id="nothing"),
        pytest.param(999, "count", "999", id="small"),
        pytest.param(1_582_671_872, "count", "1.583G", id="up"),
        pytest.param(1_600_000_000, "count", "1.6G", id="no zeros"),
        pytest.param(999_999, "count", "1000k", id="up to the next unit"),
        pytest.param(123_456, "count", "123.5k", id="four digits"),
        pytest.param(1023, "bytes", "1023 B", id="bytes"),
        pytest.param(524_288, "bytes", "512 KiB", id="KiB"),
        pytest.param(10_235_904, "bytes", "9.762 MiB", id="MiB"),
        pytest.param(427, "pixels", "427", id="pixels"),
    ],
)
def test_ceiling(value, unit, expected):
    assert expected == ceiling(value, unit)


@given(st.integers(0, 10**16), st.sampled_from(["count", "bytes"]))
def test_a_ceiling_is_no_less_and_hardly_more(value, unit):
    written = parse(ceiling(value, unit), unit)
    assert value <= written <= value + value // 1000 + 1  # four digits: a thousandth at most


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        pytest.param("1k", "count", 1000, id="a count"),
        pytest.param("1 KiB", "bytes", 1024, id="bytes"),
        pytest.param("1.5x", "ratio", Fraction(3, 2), id="a ratio"),
        pytest.param("-7", "pixels", -7, id="pixels before the input"),
    ],
)
def test_a_quantity_of_a_unit(text, unit, value):
    assert value == parse(text, unit)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        pytest.param(Fraction(1, 10), "count", "0.1", id="less than one"),
        pytest.param(Fraction(1999, 10), "count", "199.9", id="no integer"),
        pytest.param(Fraction(3_000_000_001, 2), "count", "1.500 G", id="a large one"),
        pytest.param(Fraction(19_996, 10), "count", "2000", id="no zero is lost"),
        pytest.param(Fraction(1, 3), "count", "0.3333", id="a third"),
        pytest.param(Fraction(1999, 10), "bytes", "199.9 B", id="bytes"),
        pytest.param(Fraction(3 << 20, 2) + Fraction(1, 2), "bytes", "1.500 MiB", id="many bytes"),
    ],
)
def test_fractions_have_units_too(value, unit, expected):
    assert expected == str(human(value, unit))


def test_bytes_that_round_to_the_next_unit_are_said_in_it():
    assert ("1023 KiB", "1.000 MiB") == (str(human(1_048_000, "bytes")), str(human(1_048_166, "bytes")))
