"""What a run did, for people."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from diffapply.model.run import REACHED, STEP_STATUSES, RunResult, StepStatus
from diffapply.render.terminal.layout import ALARM, USUAL, Layout, notes, prose, with_names
from diffapply.render.words.wording import examples, visible

_STATUS: dict[StepStatus, str] = {
    "applied": "green",
    "unchanged": "dim",
    "failed": ALARM,
    "refused": "yellow",
    "skipped": "yellow",
}


def run_lines(result: RunResult, layout: Layout = USUAL) -> Iterator[Text]:
    """How many tenants have which status, then the tenants that are not done, and why."""
    run = "Nothing was run" if result.run is None else f"Run {result.run}"
    yield Text(f"{run}: {told(result)}.", "bold")
    for status, error, names in ended_alike(result):
        if layout.verbose or status not in REACHED:
            yield Text()
            yield from step_lines(status, error, names, layout)
    yield from hint_lines(result, layout)


def hint_lines(result: RunResult, layout: Layout = USUAL) -> Iterator[Text]:
    """What deserves a look after it."""
    yield from notes(hints(result, all_names=layout.verbose), layout)


def hints(result: RunResult, *, all_names: bool = False) -> Iterator[str]:
    """The same as sentences."""
    yield from result.notes
    if names := result.not_in_plan:
        which = ", ".join(names) if all_names else examples(names)
        yield (
            f"not in the plan, and left alone: {which}. A new plan has what came since, or was not "
            "chosen."
        )


def told(result: RunResult) -> str:
    """Such as ``2 applied, 1 failed; 17 had nothing to do``: first what the journal has."""
    ended = [counts(result.steps)] if any(result.steps.values()) or not result.idle else []
    idle = [f"{result.idle:,} had nothing to do"] if result.idle else []
    return "; ".join((*ended, *idle))


def ended_alike(result: RunResult) -> Iterator[tuple[StepStatus, str | None, list[str]]]:
    """The tenants of the same status and error together, in the order of the statuses."""
    alike: dict[tuple[StepStatus, str | None], list[str]] = defaultdict(list)
    for step in result.tenants:
        alike[step.status, step.error].append(step.name)
    for ended in sorted(alike, key=lambda its: STEP_STATUSES.index(its[0])):
        yield *ended, alike[ended]


def step_lines(
    status: StepStatus, error: str | None, names: Sequence[str], layout: Layout
) -> Iterator[Text]:
    """Tenants that ended alike."""
    yield from with_names(Text(f"{status:<9} ", _STATUS[status]), names, layout)
    if error:
        yield from prose(visible(error), layout, mark="  ")


def counts(numbers: Mapping[StepStatus, int]) -> str:
    """Such as ``2 applied, 1 failed``."""
    shown = [f"{numbers[status]:,} {status}" for status in STEP_STATUSES if numbers.get(status)]
    return ", ".join(shown) or "no tenant"
