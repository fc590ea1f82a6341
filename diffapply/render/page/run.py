"""What a run did, as a page."""

from collections.abc import Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element

from diffapply.model.plan import Plan
from diffapply.model.run import REACHED, RunResult, StepStatus
from diffapply.render.changes.relative import by_size
from diffapply.render.page.elements import element
from diffapply.render.page.frame import page
from diffapply.render.page.parts import Part, Row, anchor, bar, names, reasons, tenants_section
from diffapply.render.page.plan import changes_section, transition_sections
from diffapply.render.terminal.run import ended_alike, hints, told
from diffapply.render.words.wording import DIRECTIONS, counted, visible

STATES: Mapping[StepStatus, str] = {
    "applied": "good",
    "unchanged": "calm",
    "failed": "bad",
    "refused": "warn",
    "skipped": "unknown",
}
"""Status → its class."""


def run_page(result: RunResult, plan: Plan | None = None) -> str:
    """What a run did to every tenant.

    Args:
        result: how each tenant ended.
        plan: what was run; None if it only created tenants or dropped them.
    """
    run = "Nothing was run" if result.run is None else f"Run {result.run}"
    title = run if plan is None else f"{run}: {DIRECTIONS[plan.direction]} to {plan.desired}"
    command = "run" if plan is None else "apply"
    return page(command, visible(title), f"{told(result)}.", run_sections(result, plan))


def run_sections(result: RunResult, plan: Plan | None) -> Iterator[Element]:
    """Counts, the tenants that are not done, what was run, all tenants."""
    statuses = [step.status for step in result.tenants]
    yield element("section", bar(_parts(statuses)), *_told_apart(result), css="first")
    at: dict[str, str] = {}
    if plan is not None:
        yield from changes_section(plan, "What the plan changes")
        status = {step.name: step.status for step in result.tenants}
        ended = {}
        for number, transition in enumerate(by_size(plan)):
            there = anchor(number)
            at |= dict.fromkeys(transition.tenants, there)
            found = [status[name] for name in transition.tenants if name in status]
            ended[there] = tuple(part for part in _parts(found) if part.number)
        yield from transition_sections(plan, ended)
    yield tenants_section(
        [
            Row(its.name, STATES[its.status], its.status, its.error or "", at.get(its.name, ""))
            for its in result.tenants
        ]
    )


def _parts(statuses: Sequence[StepStatus]) -> Iterator[Part]:
    for status, state in STATES.items():
        yield Part(state, status, statuses.count(status))


def _told_apart(result: RunResult) -> Iterator[Element]:
    yield from _not_done(result)
    yield from reasons("Notes", [*hints(result)])


def _not_done(result: RunResult) -> Iterator[Element]:
    """The tenants that are not done, and why; those of the same reason together."""
    for status, error, tenants in ended_alike(result):
        if status in REACHED:
            continue
        title = f"{status}: {counted(len(tenants), 'tenant')}"
        yield element(
            "div",
            element("strong", title),
            element("p", visible(error or "")),
            names(tenants),
            css="reasons alarm" if status == "failed" else "reasons",
        )
