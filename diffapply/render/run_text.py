"""What a run did, for people."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from diffapply.model.run import REACHED, RunResult, StepStatus
from diffapply.render.text import ALARM, USUAL, Layout, prose, with_names
from diffapply.render.wording import STEP_STATUSES, visible

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
    yield Text(f"{run}: {counts({s: result.count(s) for s in STEP_STATUSES})}.", "bold")
    for status, error, names in ended_alike(result):
        if layout.verbose or status not in REACHED:
            yield Text()
            yield from step_lines(status, error, names, layout)


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
