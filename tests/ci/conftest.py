from __future__ import annotations

from tests.budget.conftest import repo

__all__ = ["repo"]
