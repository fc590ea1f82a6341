"""A plan for people: what changes, then how, in a way that is read once."""

from collections.abc import Iterator, Mapping

from rich.text import Text

from diffapply.model.consent import NONE, Consent
from diffapply.model.hazards import Hazard
from diffapply.model.plan import Plan, Transition
from diffapply.planning.unmanaged import could_be_left
from diffapply.render.changes.by_object import CHANGE_MARKS, totals
from diffapply.render.changes.in_tenants import in_tenants, plan_by_object
from diffapply.render.changes.losses import find_losses
from diffapply.render.changes.relative import by_size, largest
from diffapply.render.terminal.differences import difference_lines
from diffapply.render.terminal.layout import (
    ALARM,
    USUAL,
    Layout,
    notes,
    object_lines,
    prose,
    reading_lines,
    with_names,
)
from diffapply.render.terminal.statements import transition_statements
from diffapply.render.words.wording import DIRECTIONS, counted, made_anew, short, summary, visible

_STYLES: Mapping[str, str] = {"+": "green", "~": "yellow", "-": "red"}


def plan_lines(plan: Plan, layout: Layout = USUAL, *, consent: Consent = NONE) -> Iterator[Text]:
    """A plan: counts, what changes by object, each transition once, totals.

    With ``object`` for detail, the tenants of each object instead of the transitions.

    Args:
        consent: what was given already.
    """
    if plan.empty and not plan.unreadable:
        yield from _nothing(plan, layout)
        return
    yield from _head(plan, layout)
    by_object = layout.detail == "object"
    yield from _objects_with_tenants(plan, layout) if by_object else _objects(plan, layout)
    first = largest(plan)
    for transition in by_size(plan):
        if transition.blocked or not by_object:
            yield Text()
            yield from _transition(transition, first, layout)
    yield from _end(plan, layout, in_short=by_object, consent=consent)


def plan_summary_lines(
    plan: Plan, layout: Layout = USUAL, *, consent: Consent = NONE
) -> Iterator[Text]:
    """The same without statements, for a plan that was read before."""
    if plan.empty and not plan.unreadable:
        yield from _nothing(plan, layout)
        return
    yield from _head(plan, layout)
    yield from _objects(plan, layout)
    for transition in by_size(plan):
        if transition.blocked:
            yield Text()
            yield from _transition(transition, None, layout)
    yield from _end(plan, layout, in_short=True, consent=consent)


def _nothing(plan: Plan, layout: Layout) -> Iterator[Text]:
    state = "with no run to take back"
    if plan.direction == "forward":
        state = f"at {visible(plan.desired)}"
    yield Text(f"Nothing to do: {counted(plan.total, 'tenant')} {state}.", "green")
    yield from notes(plan.all_notes, layout)


def _head(plan: Plan, layout: Layout) -> Iterator[Text]:
    yield Text(f"{DIRECTIONS[plan.direction]} to {visible(plan.desired)}", "bold")
    if len(plan.undone) > 1:
        for run in reversed(plan.undone):
            yield Text(f"  takes back {visible(run.named)} in {counted(run.tenants, 'tenant')}")
    yield Text(summary(plan))
    if plan.unreadable:
        yield Text()
        names = [its.name for its in plan.unreadable]
        yield from with_names(Text("unreadable  ", ALARM), names, layout)
        yield from reading_lines([its.why for its in plan.unreadable])
    yield from notes(plan.all_notes, layout)


def _objects(plan: Plan, layout: Layout) -> Iterator[Text]:
    """What changes in any tenant."""
    for number, line in enumerate(plan_by_object(plan, in_full=layout.verbose)):
        if not number:
            yield Text()
        if line.mark:
            yield from prose(line.text, layout, mark=f"  {line.mark} ", style=_STYLES[line.mark])
        else:
            yield Text(f"  {line}; --verbose shows them", "dim")


def _objects_with_tenants(plan: Plan, layout: Layout) -> Iterator[Text]:
    """Each object that changes in any tenant, with the tenants; those of the most tenants first."""
    found = in_tenants(plan)
    if found:
        yield Text()
    for changed in found:
        mark = CHANGE_MARKS[changed.change]
        what = f"{changed.kind} {visible(changed.name)}"
        yield from object_lines(
            what, changed.tenants, layout, mark=f"  {mark} ", style=_STYLES[mark]
        )
        for line, names in changed.parts:
            mark = f"      {line.mark} " if line.mark else "      "
            if names == changed.tenants:
                yield from prose(line.text, layout, mark=mark)
            else:
                yield from object_lines(line.text, names, layout, mark=mark, style="")


def _transition(transition: Transition, first: Transition | None, layout: Layout) -> Iterator[Text]:
    head = Text(f"{short(transition.source)} → {short(transition.goal)}  ", "bold")
    if transition.blocked:
        head.append("blocked  ", ALARM)
    kind = "tenant" if transition.managed is None else "template"
    yield from with_names(head, transition.tenants, layout, kind)
    if transition.blocked:  # such as a rename to be declared: then nothing is blocked
        yield from notes(transition.notes, layout)
    for reason in transition.blocked:
        yield from prose(visible(reason), layout, mark="  why: ", style=ALARM)
    if transition.blocked:
        yield from difference_lines(transition.differences, layout)
    elif not transition.statements:
        yield Text("  no statement: only the journal is brought up to date", "dim")
    yield from transition_statements(transition, first, layout)
    yield from _remarks(transition, layout)


def _remarks(transition: Transition, layout: Layout) -> Iterator[Text]:
    noted = () if transition.blocked else transition.notes
    if transition.anew or noted or transition.no_way_back:
        yield Text()
    if transition.anew:
        yield from prose(visible(made_anew(transition.anew)), layout, mark="  made anew: ")
    yield from notes(noted, layout)
    for reason in transition.no_way_back:
        yield from prose(visible(reason), layout, mark="  no way back: ", style=ALARM)


def _end(plan: Plan, layout: Layout, *, in_short: bool, consent: Consent) -> Iterator[Text]:
    """Totals, and what may lose data; in short, each such statement, as it is not shown above."""
    losses = find_losses(plan)
    lines = [its.line(all_names=layout.verbose) for its in losses]
    if told := "; ".join(filter(None, [totals(plan), *lines])):
        yield Text()
        yield from prose(f"{told}.", layout, style=ALARM if lines else "bold")
    if in_short:
        for loss in losses:
            for line in loss.told:
                yield from prose(visible(line), layout, mark=f"  {loss.kind}: ", style=ALARM)
    if losses:
        yield from prose(_what_is_refused(plan, consent), layout)
    if any(its.kind == "drop" for its in losses):
        drops = (its for its in _risks(plan) if its.needs_consent and its.kind == "drop")
        others = ', or set manage = "declared"' if could_be_left(drops, plan.unspoken) else ""
        yield from prose(
            f"To keep what was never declared: declare it, or ignore it{others}.", layout
        )


def _what_is_refused(plan: Plan, consent: Consent) -> str:
    risks = [its for its in _risks(plan) if its.needs_consent]
    if not any(consent.lacks(its) for its in risks):
        return "That is allowed: no tenant is refused for it."
    allowed = sorted({its.code.name for its in risks if not consent.lacks(its)})
    if allowed:
        codes = ", ".join(allowed)
        are = "is" if len(allowed) == 1 else "are"
        return f"Of that, {codes} {are} allowed. A tenant where the rest would happen is refused."
    return "A tenant where that would happen is refused unless --allow-destructive is given."


def _risks(plan: Plan) -> Iterator[Hazard]:
    for transition in (its for its in plan.transitions if not its.blocked):
        for statement in transition.statements:
            yield from statement.hazards
