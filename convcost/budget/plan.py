"""Which rule is to be held against which network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from convcost.budget.read import own_rules
from convcost.budget.subjects import Subjects
from convcost.errors import ConvcostError, Diagnostic, UsageError, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from convcost.baseline.reports import Reports
    from convcost.baseline.subject import Subject
    from convcost.budget.model import Budget, Rule

    OwnRules = Mapping[str | None, tuple[Rule, ...]]


class Job(NamedTuple):
    """A rule and a network it holds for."""

    rule: Rule
    subject: Subject


@dataclass(frozen=True, slots=True)
class Plan:
    """What a check will do: its jobs, those of one spec together.

    ``own`` are the rules that specs carry themselves, by variant (None: the spec as
    written); ``errors`` say which specs cannot be read.
    """

    jobs: tuple[Job, ...]
    own: Mapping[Subject, OwnRules]
    errors: tuple[ConvcostError, ...]


def planned(
    budget: Budget | None, targets: Sequence[Subject], reports: Reports, only: Sequence[str] = ()
) -> Plan:
    """Return the jobs of a budget file and of the specs' own rules.

    ``only`` narrows them to rules with these ids; raises UsageError for one that no rule has.
    """
    subjects = Subjects(budget, targets)
    of_file = [Job(rule, s) for rule in (budget.rules if budget else ()) for s in subjects.of_rule(rule)]
    own: dict[Subject, OwnRules] = {}
    errors: list[ConvcostError] = []
    unreadable: set[str] = set()
    for subject in subjects.every():
        try:
            own[subject] = rules_in(reports, subject)
        except ConvcostError as error:
            errors.append(error)
            unreadable.add(subject.place)
    jobs = [job for job in of_file if job.subject.place not in unreadable]
    return Plan(tuple(_only(_together([*jobs, *_of_specs(own, targets)]), only)), own, tuple(errors))


def rules_in(reports: Reports, subject: Subject) -> OwnRules:
    """Return the rules that a spec carries itself."""
    name, data = reports.text(subject)
    return own_rules(data, name) if b"budget" in data else {}


def _of_specs(own: Mapping[Subject, OwnRules], targets: Sequence[Subject]) -> Iterable[Job]:
    """Yield the jobs of the specs' own rules; of a variant that was asked for, those alone."""
    asked = {target.place: target for target in targets}
    for subject, rules in own.items():
        wanted = asked.get(subject.place, subject).ref
        for variant, those in rules.items():
            if wanted in (subject.ref, subject.ref._replace(variant=variant)):
                yield from (Job(rule, subject) for rule in those)


def _together(jobs: Sequence[Job]) -> list[Job]:
    order = {place: i for i, place in enumerate(dict.fromkeys(job.subject.place for job in jobs))}
    return sorted(jobs, key=lambda job: order[job.subject.place])


def _only(jobs: list[Job], ids: Sequence[str]) -> list[Job]:
    known = dict.fromkeys(job.rule.id for job in jobs)
    for name in ids:
        if name not in known:
            hint = suggest(name, known) or f"the known ones are {', '.join(known)}"
            raise UsageError(Diagnostic("CC604", f"no rule has the id {name!r}", hint=hint))
    return [job for job in jobs if job.rule.id in ids] if ids else jobs
