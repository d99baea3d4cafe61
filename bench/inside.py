"""In one process, modules imported: a spec's text to its report, a graph to its report or figures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench.environment import variables
from bench.timing import in_turn, short, summary

if TYPE_CHECKING:
    from bench.environment import Tools

SPEC = "resnet@50"
ROUNDS = 15
WAYS = ("text_to_report", "graph_to_report", "graph_to_figures")
CHILD = """
import json, statistics, time
import convcost.engine.cost, convcost.reductions.roles, convcost.engine.run, convcost.reductions.savings
from convcost.api import analyze, figures
from convcost.spec import load_text, shipped
text = shipped.read("resnet")[1].encode()

def timed(work, *arguments):
    start = time.perf_counter()
    result = work(*arguments)
    return time.perf_counter() - start, result

def both():
    read, graph = timed(load_text, text, "resnet.yaml", "50")
    made, _ = timed(analyze, graph)
    plain, _ = timed(figures, graph)
    return {"text_to_report": read + made, "graph_to_report": made, "graph_to_figures": plain}

cold = both()
again = [both() for _ in range(9)]
print(json.dumps({"cold": cold, "warm": {key: min(each[key] for each in again) for key in cold}}))
"""


def measure(tools: Tools) -> dict[str, Any]:
    """Return the times of the first call in a fresh process, and of the best of nine more."""
    commands = {"pass": [tools.python, "-c", "pass"], "child": [tools.python, "-c", CHILD]}
    runs = in_turn(commands, ROUNDS, variables())
    unit = summary([run.wall for run in runs["pass"]])
    said = [json.loads(run.out) for run in runs["child"]]
    found: dict[str, Any] = {"pass": unit}
    for state in ("cold", "warm"):
        for way in WAYS:
            times = summary([each[state][way] for each in said])
            ratio = {which: short(times[which] / unit[which]) for which in ("min", "median")}
            found[f"{state} {way}"] = {"wall": times, "ratio": ratio}
    return found
