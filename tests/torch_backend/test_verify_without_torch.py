"""Without torch, the commands that need it say in a line how to get it."""

from __future__ import annotations

import pytest

from tests.running import ROOT, convcost


@pytest.mark.parametrize("command", ["verify", "profile", "export"])
def test_it_is_said_how_to_install_torch(command):
    blocked = str(ROOT / "tests" / "blocked")
    done = convcost(command, "lenet", PYTHONPATH=f"{blocked}:{ROOT}")

    assert (2, "") == (done.returncode, done.stdout)
    assert f"error[CC701]: {command} needs torch: pip install 'convcost[torch]'\n" == done.stderr
