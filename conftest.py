"""How the tests run: examples of the docs are tests, a page stays with one worker, draws have a seed.

Of README.md and docs/ Python blocks are executed, YAML blocks read. Between
``<!-- skip: start if(missing("torch"), reason="needs torch") -->`` and ``<!-- skip: end -->``
examples are run where there is torch.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

from convcost.spec import load_text
from convcost.spec.log import Log
from convcost.spec.read import decode, read

if TYPE_CHECKING:
    from sybil import Example

# Neither a busy machine nor the run before may decide: no deadlines, no check of how fast or how
# often something is drawn (the seed decides that), no examples remembered.
settings.register_profile(
    "convcost",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    database=None,
    print_blob=True,
)
settings.load_profile("convcost")

_SEED = "hypothesis_seed"


def _read_yaml(example: Example) -> None:
    """Load a whole spec; of a fragment, check that the reader takes its form."""
    text = str(example.parsed)
    data = text.encode()
    if text.startswith("convcost:"):
        load_text(data, f"{example.path}:{example.line}")
        return
    log = Log()
    read(decode(data, example.path), log)
    log.raise_if_any()


def pytest_collection_finish() -> None:
    """Import all of the package: hypothesis draws constants of the modules there are, in any order of tests."""
    import convcost

    for module in walk_packages(convcost.__path__, "convcost."):
        if not module.name.endswith("__main__"):  # which runs the program
            _missing(module.name)


def _missing(module: str) -> bool:
    """Whether a module cannot be imported."""
    try:
        import_module(module)
    except ImportError:
        return True
    return False


def _setup(namespace: dict[str, Any]) -> None:
    """Give a page's examples what their conditions ask for."""
    namespace["missing"] = _missing


pytest_collect_file = Sybil(
    parsers=[SkipParser(), PythonCodeBlockParser(), CodeBlockParser("yaml", _read_yaml)],
    patterns=["*.md"],
    setup=_setup,
).pytest()


@pytest.hookimpl(tryfirst=True)  # before hypothesis looks at the option
def pytest_configure(config: Any) -> None:
    """Draw alike in every run, so that no change is judged by luck; ``make seeds`` draws otherwise."""
    if config.getoption(_SEED) is None:
        given = getattr(config, "workerinput", {})
        setattr(config.option, _SEED, given.get(_SEED) or "0")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker the seed."""
    node.workerinput[_SEED] = node.config.getoption(_SEED)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """Give all tests of a file to one worker: examples of a page share their names, tests fixtures."""
    from xdist.scheduler import LoadFileScheduling

    return LoadFileScheduling(config, log)


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    """Say which seed makes this run's draws again."""
    terminalreporter.write_line(f"property tests drew from --hypothesis-seed={config.getoption(_SEED)}")
