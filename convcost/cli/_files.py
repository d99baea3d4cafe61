"""Writing files: whole, or not at all."""

from __future__ import annotations

import os

from convcost.errors import Diagnostic, UsageError


def write(path: str, text: str, code: str = "CC507") -> None:
    """Write a text to a file, which keeps its old contents until the new ones are complete.

    Raises UsageError, with this code, for a file that cannot be written.
    """
    data = text.encode("utf-8", "backslashreplace")
    target = os.path.realpath(path)
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            _into(target, data, os.O_WRONLY)  # a pipe or a device is written to, not replaced
        else:
            _replace(target, data)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error, code) from None


def append(path: str, text: str) -> None:
    """Add a text to the end of a file; raises UsageError if it cannot be written."""
    try:
        _into(path, text.encode("utf-8", "backslashreplace"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error, "CC507") from None


def _replace(target: str, data: bytes) -> None:
    beside = f"{target}.{os.getpid()}.new"
    try:
        _into(beside, data, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        if os.path.exists(target):
            os.chmod(beside, os.stat(target).st_mode & 0o7777)
        os.replace(beside, target)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise


def _into(path: str, data: bytes, flags: int) -> None:
    with open(os.open(path, flags, 0o666), "wb") as file:
        file.write(data)


def _unwritable(path: str, error: OSError | ValueError, code: str) -> UsageError:
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return UsageError(Diagnostic(code, f"{path} cannot be written: {reason}"))
