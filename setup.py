"""What pyproject.toml cannot say: the specs and the language page travel inside the wheel.

``convcost/spec/shipped.py`` looks for them in ``convcost/specs`` and ``convcost/docs`` (a
wheel), then beside ``convcost/`` (a checkout, an editable install).
"""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithSpecs(build_py):
    """Copies ``specs/*.yaml`` and ``docs/language.md`` into the build; an editable install needs no copy."""

    def run(self) -> None:
        """Build the modules, then add the specs and the page."""
        super().run()
        if self.editable_mode:
            return
        for file in (*sorted(Path("specs").glob("*.yaml")), Path("docs", "language.md")):
            copy = Path(self.build_lib, "convcost", file)
            self.mkpath(str(copy.parent))
            self.copy_file(str(file), str(copy))


setup(cmdclass={"build_py": BuildWithSpecs})
