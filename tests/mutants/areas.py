"""What is changed, by which tests it is judged, and which changes change nothing."""

from __future__ import annotations

AREAS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "units": (("convcost/units.py",), ("tests/test_units.py", "tests/budget/test_tighten.py")),
    "budget": (
        ("convcost/budget", "convcost/baseline"),
        (
            *(f"tests/budget/test_{name}.py" for name in ("verdict", "measured", "layers", "read", "files")),
            *("tests/baseline", "tests/budget/test_explain.py", "tests/budget/test_check.py"),
            *(
                f"tests/budget/test_{name}.py"
                for name in ("baseline", "first", "tighten", "testing", "delta")
            ),
            "tests/ci/test_reports.py",
        ),
    ),
    "values": (("convcost/spec/values.py",), ("tests/spec",)),
    "reductions": (("convcost/reductions", "convcost/transforms"), ("tests/transforms",)),
    "engine": (("convcost/engine",), ("tests/engine", "tests/specs/test_zoo.py")),
    "ops": (("convcost/ops",), ("tests/ops",)),
}
"""Modules and tests of each area; what is quick and says most comes first."""

EQUIVALENT: dict[tuple[str, ...], str] = {
    (
        "convcost/units.py",
        "-    while top < bottom and _rounded(top, bottom, decimals) < 10 ** (digits - 1):",
        "+    while top < bottom and _rounded(top, bottom, decimals) < 11 ** (digits - 1):",
    ): "a decimal too many is taken back three lines further down",
    (
        "convcost/units.py",
        "-        decimals += 1",
        "+        decimals += 2",
    ): "a decimal too many is taken back below",
    (
        "convcost/units.py",
        '-    if not number.strip(".") or number.count(".") > 1 or number[-1] == "." or number[0] == ".":',
        '+    if not number.strip(".") or number.count(".") > 1 or number[-1] <= "." or number[0] == ".":',
    ): "a number is of digits and dots, and every digit is above a dot",
    (
        "convcost/units.py",
        '-    if not number.strip(".") or number.count(".") > 1 or number[-1] == "." or number[0] == ".":',
        '+    if not number.strip(".") or number.count(".") > 1 or number[-1] == "." or number[0] <= ".":',
    ): "a number is of digits and dots, and every digit is above a dot",
    (
        "convcost/baseline/before.py",
        "-_LARGEST = 256 << 20",
        "+_LARGEST = 256 << 21",
    ): "a bound on memory; a test would need a file of that size",
    (
        "convcost/budget/loosened.py",
        '-_LAXER = (("max", 1), ("warn", 1), ("min", -1), ("max_increase", 1), ("and_over", 1))',
        '+_LAXER = (("max", 2), ("warn", 1), ("min", -1), ("max_increase", 1), ("and_over", 1))',
    ): "only the sign is looked at",
    (
        "convcost/baseline/git.py",
        "-            break",
        "+            continue",
    ): "where git's output ends, it has ended for every path after that too",
}
"""The module and the lines of a change, and why no test can see it."""
