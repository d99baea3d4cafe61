"""Stands before the real torch on the path: proves that nothing needs it."""

raise ModuleNotFoundError("torch is blocked in this run", name="torch")
