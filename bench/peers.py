"""How each other tool is asked for multiply-accumulates, as its own documentation shows.

Run as a program in the peers' environment: ``peers.py TOOL NETWORK`` prints one integer,
``peers.py TOOL --cases`` a JSON object with one entry per case of :mod:`cases`.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def count_torch(model: Any, x: Any) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        model(x)
    return counter.get_total_flops() // 2


def count_fvcore(model: Any, x: Any) -> int:
    from fvcore.nn import FlopCountAnalysis

    return int(FlopCountAnalysis(model, x).unsupported_ops_warnings(enabled=False).total())


def count_thop(model: Any, x: Any) -> int:
    from thop import profile

    return int(profile(model, inputs=(x,), verbose=False)[0])


def count_ptflops(model: Any, x: Any) -> int:
    from ptflops import get_model_complexity_info

    macs, _ = get_model_complexity_info(
        model, tuple(x.shape[1:]), as_strings=False, print_per_layer_stat=False, verbose=False
    )
    return int(macs)


def count_torchinfo(model: Any, x: Any) -> int:
    from torchinfo import summary

    return int(summary(model, input_data=x, verbose=0).total_mult_adds)


def count_torchprofile(model: Any, x: Any) -> int:
    from torchprofile import profile_macs

    return int(profile_macs(model, x))


def count_torchscan(model: Any, x: Any) -> int:
    from torchscan import crawl_module

    return int(crawl_module(model, tuple(x.shape[1:]))["totals"]["macs"]["known_value"])


def count_calflops(model: Any, x: Any) -> int:
    from calflops import calculate_flops

    _, macs, _ = calculate_flops(
        model, input_shape=tuple(x.shape), print_results=False, output_as_string=False
    )
    return int(macs)


TOOLS: dict[str, Callable[[Any, Any], int]] = {
    "torch": count_torch,
    "torch on meta": count_torch,
    "fvcore": count_fvcore,
    "thop": count_thop,
    "ptflops": count_ptflops,
    "torchinfo": count_torchinfo,
    "torchprofile": count_torchprofile,
    "torchscan": count_torchscan,
    "calflops": count_calflops,
}


def _declare_operators() -> Any:
    """Let torchvision be imported beside a CPU torch: PyPI's wheels link to CUDA.

    It wants these two operators to exist, which they do for as long as the result does.
    """
    import torch

    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library


def count_network(tool: str, network: str) -> int:
    """Return a tool's figure for a torchvision model at 224×224."""
    import torch

    _library = _declare_operators()
    import torchvision

    if tool == "torch on meta":
        torch.set_default_device("meta")
    more = {"init_weights": False, "aux_logits": False} if network == "googlenet" else {}
    model = getattr(torchvision.models, network)(**more).eval()
    return TOOLS[tool](model, torch.empty(1, 3, 224, 224))


def count_cases(tool: str) -> dict[str, int | str]:
    """Return a tool's figure for every case, or the name of the exception it ended in."""
    import torch
    from cases import CASES

    _library = _declare_operators()  # ptflops imports torchvision
    found: dict[str, int | str] = {}
    for name, case in CASES.items():
        if tool == "torch on meta":
            torch.set_default_device("meta")
        try:
            found[name] = TOOLS[tool](case.module().eval(), torch.zeros(1, *case.input))
        except Exception as error:  # noqa: BLE001  (whatever a tool raises is its answer)
            found[name] = type(error).__name__
    return found


def main() -> None:
    """Print a figure, or all cases' figures."""
    warnings.simplefilter("ignore")
    tool, what = sys.argv[1:]
    shown = sys.stdout
    sys.stdout = sys.stderr  # several tools print as they count
    answer = json.dumps(count_cases(tool)) if what == "--cases" else str(count_network(tool, what))
    shown.write(answer + "\n")


if __name__ == "__main__":
    main()
