"""A plan as a page."""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from diffapply.model.plan import Plan, Transition
from diffapply.render.changes.by_object import CHANGE_MARKS, totals
from diffapply.render.changes.in_tenants import ChangedInTenants, in_tenants
from diffapply.render.changes.losses import find_losses
from diffapply.render.changes.relative import Relative, by_size, largest, numbered, shorter
from diffapply.render.page.differences import side_by_side
from diffapply.render.page.elements import Content, code, element
from diffapply.render.page.frame import page
from diffapply.render.page.parts import (
    Part,
    Row,
    anchor,
    bar,
    folded,
    names,
    reasons,
    section,
    shapes_section,
    statements,
    tenants_section,
    unreadable,
)
from diffapply.render.words.wording import (
    DIRECTIONS,
    counted,
    examples,
    made_anew,
    short,
    summary,
    visible,
)


def plan_page(plan: Plan) -> str:
    """The plan: counts, what may be lost, what changes, each shape, all tenants."""
    title = f"{DIRECTIONS[plan.direction]} to {visible(plan.desired)}"
    if plan.git_commit:
        title += f" (on {visible(plan.git_commit)})"
    return page("plan", title, f"{summary(plan)}.", _sections(plan))


def _sections(plan: Plan) -> Iterator[Element]:
    yield element("section", bar(_parts(plan)), *_alarms(plan), css="first")
    yield from changes_section(plan)
    yield from transition_sections(plan)
    yield tenants_section(_rows(plan))


def _parts(plan: Plan) -> Iterator[Part]:
    first = largest(plan)
    alike = len(first.tenants) if first else 0
    calm = "in sync" if plan.direction == "forward" else "with nothing to take back"
    yield Part("good", calm, len(plan.in_sync))
    yield Part("busy", "change alike", alike)
    yield Part("other", "differ", plan.to_change - alike)
    yield Part("bad", "blocked", plan.blocked)
    yield Part("unknown", "unreadable", len(plan.unreadable))


def _alarms(plan: Plan) -> Iterator[Element]:
    for losses in find_losses(plan):
        yield from reasons(losses.line(), losses.told, "alarm")
    yield from unreadable(plan.unreadable, "compared")
    if len(plan.undone) > 1:
        runs = [f"{run.named} in {counted(run.tenants, 'tenant')}" for run in reversed(plan.undone)]
        yield from reasons("Takes back", runs)
    yield from reasons("Notes", plan.all_notes)


def changes_section(plan: Plan, title: str = "What changes") -> Iterator[Element]:
    """Each object that changes in any tenant, that of the most tenants first."""
    found = in_tenants(plan)
    if found:
        listed = element("ul", *map(_change, found), css="changes")
        yield section(title, folded(f"{totals(plan)}.", listed, length=len(found)), at="changes")


def _change(changed: ChangedInTenants) -> Element:
    parts = [
        element("li", str(told), *([] if tenants == changed.tenants else [_in(tenants)]))
        for told, tenants in changed.parts
    ]
    return element(
        "li",
        element("span", CHANGE_MARKS[changed.change], css=f"mark {changed.change}"),
        f" {changed.kind} ",
        code(changed.name),
        _in(changed.tenants),
        *([element("ul", *parts)] if parts else []),
    )


def _in(tenants: tuple[str, ...]) -> Element:
    return element("span", f" {counted(len(tenants), 'tenant')}", css="in", title=examples(tenants))


def transition_sections(
    plan: Plan, ended: Mapping[str, tuple[Part, ...]] | None = None
) -> Iterator[Element]:
    """The shapes as bars, then each of them.

    Args:
        plan: of which they are.
        ended: the anchor of a transition → how it ended; None: it did not run yet.
    """
    transitions = by_size(plan)
    if not transitions:
        return
    yield shapes_section(
        [
            (
                _path(its),
                anchor(number),
                (ended or {}).get(anchor(number)) or (_part(its, number),),
            )
            for number, its in enumerate(transitions)
        ]
    )
    first = largest(plan)
    for number, transition in enumerate(transitions):
        yield _transition(transition, first, anchor(number))


def _part(transition: Transition, number: int) -> Part:
    if transition.blocked:
        return Part("bad", "blocked", len(transition.tenants))
    return Part("other" if number else "busy", "to change", len(transition.tenants))


def _path(transition: Transition) -> Element:
    ends = code(short(transition.source)), " → ", code(short(transition.goal))
    return element("span", *ends, css="path")


def _transition(transition: Transition, first: Transition | None, at: str) -> Element:
    kind = "tenant" if transition.managed is None else "template"
    title: list[Content] = [counted(len(transition.tenants), kind), _path(transition)]
    if transition.blocked:
        title.append(element("span", "blocked", css="hazard data"))
    risks = (hazard.kind for its in transition.statements for hazard in its.hazards)
    title += (element("span", kind, css=f"hazard {kind}") for kind in dict.fromkeys(risks))
    return element(
        "section",
        element("h2", *title),
        names(transition.tenants, kind),
        *(reasons("Notes", transition.notes) if transition.blocked else ()),
        *reasons("Blocked", transition.blocked, "alarm"),
        *_statements(transition, first),
        *reasons("No way back", transition.no_way_back, "alarm"),
        *reasons("Made anew", filter(None, [made_anew(transition.anew)])),
        *(() if transition.blocked else reasons("Notes", transition.notes)),
        *_differences(transition, first),
        id=at,
        css="transition",
    )


def _statements(transition: Transition, first: Transition | None) -> Iterator[Element]:
    own = numbered(transition)
    if not own:
        if not transition.blocked:
            yield element("p", "No statement: only the journal is brought up to date.", css="hint")
        return
    count = counted(len(own), "statement")
    if told_by_first := shorter(transition, first):
        yield from _relative(told_by_first)
        yield folded(f"All {count}", statements(own))
    else:
        yield folded(count, statements(own), length=len(own))


def _relative(relative: Relative) -> Iterator[Element]:
    shown = [*relative.told]
    if not shown:
        yield element("p", "The same statements.", css="hint")
    for head, listed in shown:
        yield element("p", f"{head.capitalize()}:", css="hint")
        yield statements(listed, relative.here)


def _differences(transition: Transition, first: Transition | None) -> Iterator[Element]:
    """What differs; of a further shape that runs, what differs besides that of the first."""
    own, title = transition.differences, counted(len(transition.differences), "difference")
    if first is not None and first is not transition and not transition.blocked:
        known = {*first.differences}
        own = tuple(its for its in own if its not in known)
        if common := len(transition.differences) - len(own):
            some = f"{common:,} of them " if own else ""
            title += f", {some}as in the first shape"
    if own:
        yield folded(title, side_by_side(own), length=bool(transition.blocked))
    elif transition.differences:
        yield element("p", f"{title}.", css="hint")


def _rows(plan: Plan) -> list[Row]:
    found = [Row(name, "good", "in sync") for name in plan.in_sync]
    for number, transition in enumerate(by_size(plan)):
        part = _part(transition, number)
        more = f"{short(transition.source)} → {short(transition.goal)}"
        found += [
            Row(name, part.state, part.label, more, anchor(number)) for name in transition.tenants
        ]
    found += [Row(its.name, "unknown", "unreadable", its.remedy) for its in plan.unreadable]
    return found
