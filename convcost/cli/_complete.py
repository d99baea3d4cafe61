"""What a shell may offer for a word that has been begun, and the script with which bash asks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from click.shell_completion import BashComplete, CompletionItem, ShellComplete, get_completion_class

from convcost.errors import ConvcostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click

# Readline replaces only what follows the last of its own word breaks, of which @, : and = are some.
_BASH = """\
%(complete_func)s() {
    local line="${COMP_LINE:0:COMP_POINT}" breaks="" broken="" mark type value file
    local -a words
    read -ra words <<< "$line"
    [[ "$line" == *[[:space:]] ]] && words+=("")
    local word="${words[${#words[@]} - 1]}"
    for mark in @ : =; do
        [[ "$COMP_WORDBREAKS" == *"$mark"* ]] && breaks+="$mark"
    done
    [[ -n "$breaks" ]] && broken="${word%%"${word##*[$breaks]}"}"
    COMPREPLY=()
    while IFS=, read -r type value; do
        if [[ "$type" == file ]]; then
            compopt -o filenames 2> /dev/null
            while read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "${value#"$broken"}")
        elif [[ "$type" == plain ]]; then
            COMPREPLY+=("${value#"$broken"}")
        fi
    done < <(env COMP_WORDS="${words[*]}" COMP_CWORD=$((${#words[@]} - 1)) %(complete_var)s=bash_complete "$1")
    [[ ${#COMPREPLY[@]} == 1 && "${COMPREPLY[0]}" == *[:=] ]] && compopt -o nospace 2> /dev/null
    return 0
}
complete -F %(complete_func)s %(prog_name)s
"""


class _Bash(BashComplete):
    """click's, but with a script that keeps names beside files, and words that have an @ or a colon."""

    source_template = _BASH

    def source(self) -> str:
        """Return the script, whatever bash is here: another may read it."""
        return ShellComplete.source(self)


def completion_class(shell: str) -> type[ShellComplete] | None:
    """Return what completes for a shell, None for one that is not known."""
    return _Bash if shell == "bash" else get_completion_class(shell)


def begun(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """Return the words that begin so."""
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def specs(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return shipped networks and files, after an @ (or the whole name) the variants, then vars."""
    from convcost.spec import shipped

    if "@" in incomplete:
        return begun(_settings(incomplete), incomplete)
    exact = _settings(f"{incomplete}@") if incomplete in shipped.names() else []
    return [*begun([*shipped.names(), *exact], incomplete), CompletionItem(incomplete, type="file")]


def _settings(incomplete: str) -> list[str]:
    """Return a spec with what may follow its @: a variant, or a var to set after the comma."""
    from convcost.cli._specs import variants
    from convcost.spec.document import parse_document
    from convcost.spec.locate import parse_ref, read_bytes
    from convcost.spec.log import Log
    from convcost.spec.read import decode, read

    spec = incomplete.rpartition("@")[0]
    before = incomplete.rpartition(",")[0]
    try:
        name, data = read_bytes(parse_ref(spec))
        log = Log()
        names = [f"{key}=" for key in (*parse_document(read(decode(data, name), log), log).vars, "input")]
        found = [] if before else [each for each in variants(spec) if "@" in each]
    except ConvcostError:
        return []
    return found + [f"{before},{each}" if before else f"{spec}@{each}" for each in names]


def layers(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the layers and levels of the spec that was given, one level further than what is begun."""
    from convcost.spec import load

    depth = incomplete.count(".") + 1
    try:
        graph = load(context.params.get("spec") or "")
    except ConvcostError:
        return []
    return begun(dict.fromkeys(".".join(node.name.split(".")[:depth]) for node in graph.layers), incomplete)


def reports(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the formats of a check's report, after the colon - and files."""
    from convcost.cli._check_reports import FORMATS

    form, colon, path = incomplete.partition(":")
    if colon:
        return [*begun([f"{form}:-"], incomplete), CompletionItem(path, type="file")]
    return begun([f"{each}:" for each in FORMATS], incomplete)


def rules(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the ids of the budget's rules."""
    from convcost.cli.check import budget_of

    try:
        budget = budget_of(context.params.get("path"))
    except ConvcostError:
        return []
    return begun(dict.fromkeys(rule.id for rule in budget.rules), incomplete) if budget else []


def words(*kinds: str) -> Callable[..., list[CompletionItem]]:
    """Return what completes to the names of these kinds: ops, words of the language, codes, commands."""
    return partial(_words, kinds)


def _words(
    kinds: tuple[str, ...], _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from convcost.cli._group import COMMANDS
    from convcost.codes import CODES
    from convcost.ops import INDEX
    from convcost.spec.words import WORDS

    known: dict[str, Iterable[Any]] = {
        "ops": ("new", *INDEX),
        "words": WORDS,
        "codes": CODES,
        "commands": COMMANDS,
    }
    text = incomplete.upper() if incomplete[:2].lower() == "cc" and "codes" in kinds else incomplete
    return begun(dict.fromkeys(word for kind in kinds for word in known[kind]), text)
