"""Plans and drift as GitHub Markdown, to be posted as a comment on a pull request.

Names are always inside code spans or fences that they cannot end. So they cannot add formatting,
links, mentions or HTML.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from diffapply.model.catalog import Difference
from diffapply.model.drift import DriftReport
from diffapply.model.listing import some_of
from diffapply.model.plan import Plan, Transition
from diffapply.render.changes.by_object import totals
from diffapply.render.changes.in_tenants import plan_by_object
from diffapply.render.changes.losses import find_losses
from diffapply.render.changes.relative import (
    Numbered,
    Relative,
    by_size,
    largest,
    numbered,
    shorter,
)
from diffapply.render.differences.approved import approved_blocks
from diffapply.render.differences.drift import DriftBlock, drift_blocks, drift_summary
from diffapply.render.differences.items import Item, comparison, is_block, items, sides
from diffapply.render.markdown.marks import all_names, cell, code, could_not_be_read, fenced, folded
from diffapply.render.words.folding import fold
from diffapply.render.words.wording import (
    EXAMPLES,
    counted,
    made_anew,
    short,
    summary,
    terminated,
    told,
    visible,
    visible_block,
)


def plan_comment(plan: Plan) -> str:
    """The plan: each transition once, its SQL and its hazards."""
    return "\n".join(_plan(plan)) + "\n"


def drift_comment(report: DriftReport) -> str:
    """The drift: a table of blocks of tenants with equal differences, then the differences."""
    return "\n".join(_drift(report)) + "\n"


def _plan(plan: Plan) -> Iterator[str]:
    yield f"### diffapply plan: {plan.direction} to {code(plan.desired)}"
    yield ""
    yield f"**{summary(plan)}.**"
    yield from _objects(plan)
    yield from _end(plan)
    if plan.all_notes:
        yield ""
        yield from (f"- Note: {code(note)}" for note in plan.all_notes)
    if plan.unreadable:
        yield ""
        yield f"#### unreadable: {counted(len(plan.unreadable), 'tenant')}"
        yield ""
        yield from all_names([its.name for its in plan.unreadable])
        yield ""
        yield could_not_be_read([its.why for its in plan.unreadable])
    first = largest(plan)
    for transition in by_size(plan):
        yield ""
        yield from _transition(transition, first)


def _objects(plan: Plan) -> Iterator[str]:
    """What changes in tenants, marked as in a diff."""
    if lines := "\n".join(map(str, plan_by_object(plan))):
        yield ""
        yield from folded("What changes", fenced(lines, "diff").split("\n"))


def _end(plan: Plan) -> Iterator[str]:
    """Totals, and what may lose data."""
    if number := totals(plan):
        yield ""
        yield f"{number}."
    for losses in find_losses(plan):
        statements, tenants = losses.counts
        yield ""
        yield f"**{statements}** in {tenants}: {_such_as(losses.tenants)}."
        yield ""
        yield from (f"- {code(told)}" for told in losses.told)


def _transition(transition: Transition, first: Transition | None) -> Iterator[str]:
    path = f"{code(short(transition.source))} → {code(short(transition.goal))}"
    state = "**blocked**, " if transition.blocked else ""
    yield f"#### {path}: {state}{counted(len(transition.tenants), 'tenant')}"
    yield ""
    yield from all_names(transition.tenants)
    if transition.notes:
        yield ""
        yield from (f"- Note: {code(note)}" for note in transition.notes)
    if transition.blocked:
        yield ""
        yield from (f"- {code(reason)}" for reason in transition.blocked)
        yield ""
        yield from _differences(transition.differences)
    own, told_by_first = numbered(transition), shorter(transition, first)
    if told_by_first:
        yield ""
        yield from _relative(told_by_first)
    elif own:
        yield ""
        yield from _script(f"SQL: {counted(len(own), 'statement')}", own)
    if transition.no_way_back:
        yield ""
        yield from (f"- No way back: {code(reason)}" for reason in transition.no_way_back)
    if transition.anew:
        yield ""
        yield f"Made anew: {code(made_anew(transition.anew))}."
    yield from _hazards(told_by_first.own if told_by_first else own)


def _hazards(statements: Sequence[Numbered]) -> Iterator[str]:
    hazards = [
        f"| {its.number} | {hazard.kind} | {hazard.code.name} | {cell(told(hazard))} |"
        for its in statements
        for hazard in its.statement.hazards
    ]
    if hazards:
        yield ""
        yield from folded(
            f"Hazards: {len(hazards)}",
            [
                "| Statement | Hazard | Code | What it risks |",
                "| ---: | --- | --- | --- |",
                *hazards,
            ],
        )


def _relative(relative: Relative) -> Iterator[str]:
    """The statements, told by those of the first transition."""
    shown = [(head, told) for head, told in relative.told if told != relative.otherwise]
    if not shown:
        yield "The same statements."
    for number, (head, statements) in enumerate(shown):
        if number:
            yield ""
        count = counted(len(statements), "statement")
        yield f"{head.capitalize()} {count}:"
        yield ""
        yield from _script(f"SQL: {count}", statements, relative.here)


def _script(
    title: str,
    statements: Sequence[Numbered],
    here: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> Iterator[str]:
    script = "\n\n".join(
        "\n".join(
            [
                f"-- statement {its.number}",
                *(f"-- here: {visible(action)}" for action in here.get(its.number, ())),
                visible_block(fold(terminated(its.statement.sql))),
            ]
        )
        for its in statements
    )
    yield from folded(title, fenced(script, "sql").split("\n"))


def _drift(report: DriftReport) -> Iterator[str]:
    yield "### diffapply drift"
    yield ""
    yield f"**{drift_summary(report)}**"
    blocks = drift_blocks(report)
    if blocks:
        yield ""
        yield "| State | Tenants | Such as | Differences |"
        yield "| --- | ---: | --- | ---: |"
        yield from map(_row, blocks)
    for block in blocks:
        yield ""
        yield f"#### {block.title}"
        yield ""
        yield from all_names(block.tenants)
        yield ""
        if block.whys:
            yield could_not_be_read(block.whys)
        elif block.empty:
            yield f"- {block.lacks}"
        else:
            yield from _differences(block.differences)
    for approved in approved_blocks(report):
        yield ""
        yield f"#### {approved.title}"
        yield ""
        yield from all_names(approved.tenants)
        yield ""
        yield from (f"- {code(line)}" for line in approved.told)
    if report.notes:
        yield ""
        yield from (f"- Note: {code(note)}" for note in report.notes)


def _such_as(names: Sequence[str]) -> str:
    return some_of(names, EXAMPLES, shown=code)


def _row(block: DriftBlock) -> str:
    such_as = ", ".join(map(cell, block.tenants[:EXAMPLES]))
    return f"| {block.state} | {len(block.tenants):,} | {such_as} | {len(block.differences):,} |"


def _differences(differences: Sequence[Difference]) -> Iterator[str]:
    lines = [line for item in items(differences) for line in _item(item)]
    yield from folded(counted(len(differences), "difference"), lines)


def _item(item: Item) -> Iterator[str]:
    of = item.difference
    change = "" if item.state else f"{of.change} "
    head = f"- {change}{item.kind} {code(of.name)}{item.state}{item.with_parts}"
    if of.change != "changed":
        yield head
    elif not is_block(of):
        desired, live = map(code, sides(of))
        yield f"{head}: desired {desired}, live {live}"
    else:
        yield from (head, "")
        for line in fenced("\n".join(map(str, comparison(of))), "diff").split("\n"):
            yield f"  {line}"
