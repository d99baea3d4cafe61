"""What the commands that run torch share."""

from __future__ import annotations

from convcost.errors import Diagnostic, UsageError


def need_torch(command: str) -> None:
    """Raise UsageError, saying how to get it, if torch cannot be imported."""
    try:
        import torch  # noqa: F401
    except ModuleNotFoundError:
        message = f"{command} needs torch: pip install 'convcost[torch]'"
        raise UsageError(Diagnostic("CC701", message)) from None
