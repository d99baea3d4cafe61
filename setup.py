"""What pyproject.toml cannot say: the specs at the top of the tree travel inside the wheel.

``convcost/spec/shipped.py`` looks for them in ``convcost/specs`` (a wheel), then beside
``convcost/`` (a checkout, an editable install).
"""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithSpecs(build_py):
    """Copies ``specs/*.yaml`` to ``convcost/specs`` in the build; an editable install needs no copy."""

    def run(self) -> None:
        """Build the modules, then add the specs."""
        super().run()
        if self.editable_mode:
            return
        folder = Path(self.build_lib, "convcost", "specs")
        self.mkpath(str(folder))
        for spec in sorted(Path("specs").glob("*.yaml")):
            self.copy_file(str(spec), str(folder / spec.name))


setup(cmdclass={"build_py": BuildWithSpecs})
