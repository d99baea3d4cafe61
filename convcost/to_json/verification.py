"""What was held against torch as plain data (``schemas/verify.schema.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.to_json.envelope import document
from convcost.to_json.report import subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.torch_backend.verify import Check, Verification


def verifications(found: Iterable[Verification]) -> dict[str, Any]:
    """Return the document of ``verify``: one entry per network."""
    return document(verifications=[_verification(one) for one in found])


def _verification(found: Verification) -> dict[str, Any]:
    report = found.report
    return {
        **subject(report),
        "batch": report.batch,
        "dtype": report.dtype,
        "device": report.device,
        "mode": found.mode,
        "torch": found.torch,
        "exact": found.exact,
        "totals": _figures(found.totals),
        "layers": [{"name": x.name, "op": x.op, "figures": _figures(x.checks)} for x in found.layers],
    }


def _figures(checks: tuple[Check, ...]) -> dict[str, Any]:
    return {
        check.metric: {
            "estimate": check.estimate,
            "measured": check.measured,
            "exact": check.exact,
            **({"not_measurable": check.why} if check.why else {}),
        }
        for check in checks
    }
